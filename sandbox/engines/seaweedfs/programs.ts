import type { ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Run } from "../../core/run";
import { until } from "../../core/until";
import { contained } from "../contained";
import type { Store } from "../minio/minio";
import type { Tools } from "../obtain";
import type { Container, Rendered } from "../rendered";

/** Pods in the order in which they start, each with the last part of its address. */
const PODS = {
  "seaweedfs-master-0": 51,
  "seaweedfs-server-0": 52,
  "seaweedfs-server-1": 53,
  "seaweedfs-filer-0": 54,
  "seaweedfs-gateway": 55,
} as const;
export type PodName = keyof typeof PODS;
const NAMES = Object.keys(PODS) as PodName[];
const NAMESPACE = "lakehouse-storage.svc";
const METRICS_PORT = 9327;
const WEED = "/usr/bin/weed";

const workloadOf = (pod: PodName) => pod.replace(/-\d$/, "");
const addressOf = (pod: PodName) => `127.0.0.${String(PODS[pod])}`;

interface Probes {
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
}

/** The rendered programs as processes, each with an address and folders of its own, like pods. */
export class SeaweedfsPrograms {
  private readonly run = Run.start("seaweedfs");
  private readonly running = new Map<PodName, ChildProcess>();
  private readonly output = new Map<PodName, string>();

  /** @param rendered files of the next start, which a test may replace */
  constructor(
    private readonly tools: Pick<Tools, "seaweedfs" | "minio">,
    public rendered: Rendered,
  ) {
    const hosts = NAMES.map((pod) => {
      const service = pod === "seaweedfs-gateway" ? "seaweedfs" : `${pod}.${workloadOf(pod)}`;
      return `${addressOf(pod)} ${service}.${NAMESPACE}`;
    });
    writeFileSync(this.at("hosts"), ["127.0.0.1 localhost", ...hosts, ""].join("\n"));
    for (const folder of ["identities", "mc"]) mkdirSync(this.at(folder));
  }

  end(): Promise<void> {
    return this.run.end();
  }

  get store(): Store {
    const { tools, rendered } = this;
    return { tools, rendered, address: this.address("seaweedfs-gateway"), folder: this.at("mc") };
  }

  /** `host:port` of a program. */
  address(pod: PodName): string {
    const { ports } = this.container(pod) as unknown as Probes;
    const http = ports.find(({ name }) => name === "http");
    return `${addressOf(pod)}:${String(http?.containerPort)}`;
  }

  /** Starts programs one after the other, all of them where none is named. */
  async start(...pods: readonly PodName[]): Promise<void> {
    for (const pod of pods.length === 0 ? NAMES : pods) {
      this.begin(pod);
      await until(`${pod} is ready or has ended`, () => this.readyOrOver(pod));
      if (this.running.get(pod)?.exitCode !== null)
        throw new Error(`${pod} ended: ${(this.output.get(pod) ?? "").slice(-3000)}`);
    }
  }

  async kill(...pods: readonly PodName[]): Promise<void> {
    for (const pod of pods.length === 0 ? NAMES : pods) {
      const child = this.running.get(pod);
      this.running.delete(pod);
      if (child?.exitCode !== null) continue;
      const over = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGKILL");
      await over;
    }
  }

  /** Runs the container of a Job or CronJob to its end. @throws Error with its output when it fails */
  async task(kind: "Job" | "CronJob", name: string, container: string): Promise<string> {
    const { args = [], ...rest } = this.rendered.container(kind, name, container);
    const folder = join("tasks", name);
    mkdirSync(this.at(folder), { recursive: true });
    const line = { ...rest, args: args.map((text) => text.replaceAll(WEED, this.weed)) };
    const place = { mounts: { "/tmp": this.at(folder) }, hosts: this.at("hosts"), user: 1000 };
    const env = { ...this.rendered.env(rest), PATH: `${this.tools.minio}:${process.env.PATH ?? ""}` };
    const child = this.run.child(name, contained(line, place), env);
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (text: Buffer) => {
        output += text.toString();
      });
    const code = await new Promise((resolve) => child.once("close", resolve));
    if (code !== 0) throw new Error(`${name} ended with ${String(code)}: ${output.slice(-4000)}`);
    return output;
  }

  async metrics(pod: PodName): Promise<string> {
    return (await fetch(`http://${addressOf(pod)}:${String(METRICS_PORT)}/metrics`)).text();
  }

  private begin(pod: PodName): void {
    const container = this.container(pod);
    writeFileSync(
      join(this.at("identities"), "identities.json"),
      this.rendered.secret("seaweedfs-identities", "identities.json"),
    );
    const args = (container.args ?? []).map((argument) =>
      // All share this machine, where a pod has an address of its own.
      argument.replaceAll("$(POD_NAME)", pod).replace("-ip.bind=0.0.0.0", `-ip.bind=${addressOf(pod)}`),
    );
    const mounts = Object.fromEntries(
      (container.volumeMounts ?? []).map(({ mountPath }) => [mountPath, this.mount(pod, mountPath)]),
    );
    const place = { mounts, hosts: this.at("hosts"), user: 1000 };
    const { POD_NAME: _, ...env } = this.rendered.env(container);
    const child = this.run.child(pod, contained({ ...container, command: [this.weed], args }, place), env);
    this.output.set(pod, "");
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (text: Buffer) =>
        this.output.set(pod, `${this.output.get(pod) ?? ""}${text.toString()}`.slice(-20_000)),
      );
    this.running.set(pod, child);
  }

  private async readyOrOver(pod: PodName): Promise<boolean> {
    if (this.running.get(pod)?.exitCode !== null) return true;
    const { readinessProbe } = this.container(pod) as unknown as Probes;
    try {
      return (await fetch(`http://${this.address(pod)}${readinessProbe.httpGet.path}`)).ok;
    } catch {
      return false;
    }
  }

  private container(pod: PodName): Container {
    const kind = pod === "seaweedfs-gateway" ? "Deployment" : "StatefulSet";
    return this.rendered.container(kind, workloadOf(pod), "seaweedfs");
  }

  private mount(pod: PodName, path: string): string {
    if (path === "/opt/lakehouse/identities") return this.at("identities");
    const folder = this.at(join(pod, path));
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  private get weed(): string {
    return join(this.tools.seaweedfs, "bin", "weed");
  }

  private at(...parts: readonly string[]): string {
    return join(this.run.folder, ...parts);
  }
}
