import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { stackSettings } from "../../../preview/plan";
import { platform } from "../../../components/cluster/platform";
import type { StackConfig } from "../../../inputs/stack-file";
import { accountFolder } from "../../control-plane/account";
import type { KubernetesObject } from "../../control-plane/api";
import { type ControlPlane, startControlPlane } from "../../control-plane/control-plane";
import { applyAll } from "../../control-plane/deploy";
import { simulatedNode } from "../../control-plane/nodes";
import type { ProcessSpec } from "../../core/run";
import { tail } from "../../core/run";
import { contained } from "../contained";
import { Engine } from "../engine";
import type { Ground } from "../ground";
import type { Container, Rendered } from "../rendered";
import { PodProcesses } from "./pod-processes";

export const HOME_NAMESPACE = "lakehouse-airflow";
export const TASKS = "lakehouse-airflow-tasks";
const COMPUTE = "lakehouse-compute";
/** Kinds of the objects that admit pods of tasks and give Airflow's accounts their rights. Quotas need a controller, which is not here. */
const KINDS = ["Namespace", "PriorityClass", "LimitRange", "ServiceAccount", "Role", "RoleBinding"];
const HOME = "/opt/lakehouse/airflow";
const ACCOUNT = "/run/secrets/kubernetes.io/serviceaccount";
const INIT = "/usr/bin/dumb-init";

/** Addresses of the pods and of hosts outside of the cluster, on this machine. */
const ADDRESS = {
  "postgres-rw.lakehouse-storage.svc": "127.0.0.1",
  "minio.lakehouse-storage.svc": "127.0.0.1",
  "trino.lakehouse-query.svc": "127.0.0.74",
  "airflow.lakehouse-airflow.svc": "127.0.0.71",
  "airflow-statsd.lakehouse-airflow.svc": "127.0.0.72",
  "git.example.org": "127.0.0.73",
} as const;

export const API = "http://127.0.0.71:8080";
export const METRICS = "http://127.0.0.72:9102/metrics";

export type Role = "api-server" | "scheduler" | "dag-processor" | "triggerer";

interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly containers: readonly Container[];
  readonly volumes: readonly { readonly name: string; readonly configMap?: { readonly name: string } }[];
}

/** The stack's own Airflow, from its rendered Deployments, Jobs and pod template: each program in mounts of its own, as the rendered user. */
export class OwnPrograms {
  private readonly running = new Map<string, Engine>();
  private readonly accounts = new Map<string, string>();
  private pods: PodProcesses | undefined;
  /** Pods of tasks that were run, as the API server had them: schedulers delete them once they have ended. */
  readonly seen: KubernetesObject[] = [];

  private constructor(
    private readonly ground: Ground,
    public rendered: Rendered,
    readonly plane: ControlPlane,
  ) {}

  /** Starts a control plane with the namespaces of Airflow, and a stand-in for the kubelet that runs tasks. */
  static async of(ground: Ground, rendered: Rendered, config: StackConfig): Promise<OwnPrograms> {
    const nodes = platform(stackSettings(config)).nodes.map((node) => simulatedNode(node));
    const plane = await startControlPlane({ name: "own-airflow", nodes, alone: true });
    const own = new OwnPrograms(ground, rendered, plane);
    try {
      const namespaces = [HOME_NAMESPACE, TASKS, COMPUTE];
      const objects = [...KINDS, "PodTemplate"].flatMap((kind) => rendered.objects<KubernetesObject>(kind));
      await applyAll(
        plane.api,
        objects.filter(({ kind, metadata }) => {
          const place = kind === "Namespace" ? metadata.name : metadata.namespace;
          return place === undefined || namespaces.includes(place);
        }),
      );
      const names = nodes.map(({ metadata }) => metadata.name);
      own.prepare();
      own.pods = await PodProcesses.start(plane, ground, names, {
        selector: "kubernetes_executor=True",
        phase: "Pending",
        container: "base",
        spec: (pod, container) => {
          own.seen.push(pod);
          return own.process(`task-${pod.metadata.name}`, pod.spec as PodSpec, container, TASKS);
        },
      });
      return own;
    } catch (error) {
      await own.end();
      throw error;
    }
  }

  async end(): Promise<void> {
    this.pods?.close();
    await this.plane.end();
  }

  private prepare(): void {
    const hosts = ["127.0.0.1 localhost", ...Object.entries(ADDRESS).map(([name, address]) => `${address} ${name}`)];
    writeFileSync(this.ground.path("own", "hosts"), `${hosts.join("\n")}\n`);
    // Programs of the image by their names: those of the environment name a folder that it was made in.
    const python = join(this.ground.tools.airflow, "bin", "python");
    for (const [name, line] of [
      ["airflow", `${python} -m airflow`],
      ["python", python],
    ] as const)
      writeFileSync(this.ground.path("own", "bin", name), `#!/bin/sh\nexec ${line} "$@"\n`, { mode: 0o755 });
  }

  /** Runs the container of a Job or CronJob to its end. @returns its exit code and the end of its log */
  async task(kind: "Job" | "CronJob", role: string, change: (line: string) => string = (line) => line) {
    const container = this.rendered.container(kind, `airflow-${role}`, role);
    const changed = { ...container, command: (container.command ?? []).map(change) };
    const spec = await this.process(role, this.spec(kind, `airflow-${role}`), changed, HOME_NAMESPACE);
    const { exited, log } = await this.ground.run.process({ name: `airflow-${role}-${String(Date.now())}`, ...spec });
    return { code: await exited, log: tail(log, 200) };
  }

  /** Starts a program, and waits until its rendered probe says that it is ready. */
  async start(role: Role, more: Readonly<Record<string, string>> = {}, instance = ""): Promise<void> {
    const name = `airflow-${role}`;
    const container = this.rendered.container("Deployment", name, role);
    const spec = await this.process(`${role}${instance}`, this.spec("Deployment", name), container, HOME_NAMESPACE);
    const env = { ...spec.env, ...more };
    const ready = () => this.ready(role, container, more);
    const engine = await Engine.start(this.ground.run, { name: `${name}${instance}`, ...spec, env, ready });
    this.running.set(`${role}${instance}`, engine);
  }

  async kill(role: Role, instance = ""): Promise<void> {
    await this.running.get(`${role}${instance}`)?.kill();
    this.running.delete(`${role}${instance}`);
  }

  /** Ends what runs, so that it can start from other rendered files. */
  async killAll(): Promise<void> {
    for (const name of [...this.running.keys()]) {
      await this.running.get(name)?.kill();
      this.running.delete(name);
    }
  }

  async exporter(): Promise<void> {
    const container = this.rendered.container("Deployment", "airflow-statsd", "statsd");
    const folder = this.ground.write("own/statsd", this.rendered.configMap("airflow-statsd-mapping"));
    const here = (word: string) =>
      word
        .replace("/etc/lakehouse/statsd", folder)
        .replace("udp=:", "udp=127.0.0.72:")
        .replace("web.listen-address=:", "web.listen-address=127.0.0.72:");
    await Engine.start(this.ground.run, {
      name: "airflow-statsd",
      command: [join(this.ground.tools.statsdExporter, "statsd_exporter"), ...(container.args ?? []).map(here)],
      ready: async () => (await fetch("http://127.0.0.72:9102/-/ready")).ok,
    });
  }

  private spec(kind: string, name: string): PodSpec {
    const { spec } = this.rendered.object(kind, name) as unknown as {
      readonly spec: {
        readonly template?: { readonly spec: PodSpec };
        readonly jobTemplate?: { readonly spec: { readonly template: { readonly spec: PodSpec } } };
      };
    };
    const pod = spec.template?.spec ?? spec.jobTemplate?.spec.template.spec;
    if (pod === undefined) throw new Error(`${kind} ${name} has no pod`);
    return pod;
  }

  /** The process of a container: its mounts, variables and, where the pod has it, the token of its account. */
  private async process(
    name: string,
    pod: PodSpec,
    container: Container,
    namespace: string,
  ): Promise<Omit<ProcessSpec, "name">> {
    const { ground } = this;
    const mounts: Record<string, string> = {
      "/tmp": ground.folder("own", name, "tmp"),
      [HOME]: ground.folder("own", name, "home"),
    };
    const volumes = new Map(pod.volumes.map((volume) => [volume.name, volume.configMap?.name]));
    for (const { mountPath, name: volume } of (container.volumeMounts ?? []) as readonly {
      readonly mountPath: string;
      readonly name: string;
    }[]) {
      const map = volumes.get(volume);
      if (map !== undefined) mounts[mountPath] = ground.write(`own/${name}/${volume}`, this.rendered.configMap(map));
    }
    if (pod.automountServiceAccountToken) mounts[ACCOUNT] = await this.account(pod.serviceAccountName, namespace);
    const { command = [], args = [] } = container;
    const line = [...command, ...args];
    const run = line[0] === INIT ? line.slice(2) : line;
    const { hostname, port } = new URL(this.plane.api.access.server);
    const env = {
      PATH: `${ground.folder("own", "bin")}:${process.env.PATH ?? ""}`,
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      ...expanded(this.rendered.env(container)),
    };
    const place = { mounts, hosts: ground.path("own", "hosts"), user: 50_000 };
    return { command: contained({ ...container, command: run, args: [] }, place), env };
  }

  private async account(name: string, namespace: string): Promise<string> {
    const key = `${namespace}/${name}`;
    const folder = this.accounts.get(key) ?? (await accountFolder(this.plane, { name, namespace }));
    this.accounts.set(key, folder);
    return folder;
  }

  private async ready(role: Role, container: Container, more: Readonly<Record<string, string>>): Promise<boolean> {
    if (role === "api-server") return (await fetch(`${API}/api/v2/version`)).ok;
    const host = more.AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_HOST ?? "127.0.0.1";
    if (role === "scheduler") return (await fetch(`http://${host}:8974/health`)).ok;
    const command = container.readinessProbe?.exec.command ?? [];
    const spec = await this.process(
      `${role}-probe`,
      this.spec("Deployment", `airflow-${role}`),
      { ...container, command },
      HOME_NAMESPACE,
    );
    const { exited } = await this.ground.run.process({ name: `probe-${role}-${String(Date.now())}`, ...spec });
    return (await exited) === 0;
  }
}

/** Variables as the kubelet fills them in: `$(NAME)` is the value of one before it. */
export function expanded(env: Readonly<Record<string, string>>): Record<string, string> {
  const known: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    known[name] = value.replaceAll(/\$\((\w+)\)/g, (whole, other: string) => known[other] ?? whole);
  return known;
}
