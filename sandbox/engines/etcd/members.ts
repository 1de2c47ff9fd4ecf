import type { ChildProcess } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Run } from "../../core/run";
import { until } from "../../core/until";
import { contained } from "../contained";
import type { Tools } from "../obtain";
import type { Container, Rendered } from "../rendered";

const SERVICE = "milvus-etcd.lakehouse-query.svc";
const name = (number: number) => `milvus-etcd-member-${String(number)}`;
const address = (number: number) => `127.0.0.${String(31 + number)}`;

/** The rendered members as processes, each with an address and a folder of its own, like pods. */
export class EtcdMembers {
  private readonly run = Run.start("etcd");
  private readonly running = new Map<number, ChildProcess>();
  private readonly output = new Map<number, string>();

  constructor(
    private readonly tools: Pick<Tools, "milvusEtcd">,
    numbers: readonly number[],
    private readonly rendered: Rendered,
  ) {
    for (const number of numbers) mkdirSync(this.at(number));
    const hosts = numbers.map((number) => `${address(number)} ${name(number)} ${name(number)}.${SERVICE}`);
    writeFileSync(join(this.run.folder, "hosts"), ["127.0.0.1 localhost", ...hosts, ""].join("\n"));
  }

  end(): Promise<void> {
    return this.run.end();
  }

  log(number: number): string {
    return this.output.get(number) ?? "";
  }

  exitCode(number: number): number | null | undefined {
    return this.running.get(number)?.exitCode;
  }

  /** Starts a member without waiting. */
  begin(number: number): void {
    const args = (this.container.args ?? []).map((argument) =>
      // All share this machine, where a pod has an address of its own.
      argument.replaceAll("$(POD_NAME)", name(number)).replaceAll("//0.0.0.0:", `//${address(number)}:`),
    );
    const place = { mounts: { "/srv/etcd": this.at(number) }, hosts: join(this.run.folder, "hosts"), user: 65_532 };
    const command = [join(this.tools.milvusEtcd, "server")];
    const child = this.run.child("etcd", contained({ name: "etcd", command, args }, place), {});
    this.output.set(number, "");
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (text: Buffer) => this.output.set(number, this.log(number) + text.toString()));
    this.running.set(number, child);
  }

  async start(...numbers: readonly number[]): Promise<void> {
    for (const number of numbers) this.begin(number);
    for (const number of numbers)
      await until(`member ${String(number)} is ready`, () => this.probe(number, "readinessProbe")).catch(
        (error: unknown) => {
          throw new Error(`${String(error)}: ${this.log(number).slice(-2000)}`);
        },
      );
  }

  async kill(...numbers: readonly number[]): Promise<void> {
    for (const number of numbers) {
      const child = this.running.get(number);
      this.running.delete(number);
      if (child?.exitCode !== null) continue;
      const over = new Promise((resolve) => child.once("close", resolve));
      child.kill("SIGKILL");
      await over;
    }
  }

  loseData(number: number): void {
    for (const entry of readdirSync(this.at(number))) rmSync(join(this.at(number), entry), { recursive: true });
  }

  /** Whether a rendered probe succeeds. */
  async probe(number: number, which: "readinessProbe" | "livenessProbe"): Promise<boolean> {
    const probes = this.container as unknown as Readonly<
      Record<string, { readonly httpGet: { readonly path: string } }>
    >;
    return (await this.get(number, probes[which]?.httpGet.path ?? "")).ok;
  }

  metrics = async (number: number): Promise<string> => (await this.get(number, "/metrics")).text;

  private async get(number: number, path: string): Promise<{ readonly ok: boolean; readonly text: string }> {
    try {
      const answer = await fetch(`http://${address(number)}:2381${path}`, { signal: AbortSignal.timeout(3000) });
      return { ok: answer.ok, text: await answer.text() };
    } catch {
      return { ok: false, text: "" };
    }
  }

  /** A call of etcd's API in JSON. @throws Error if it is refused or takes long */
  async call(number: number, path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`http://${address(number)}:2379/v3/${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(4000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    return JSON.parse(text) as Record<string, unknown>;
  }

  private get container(): Container {
    return this.rendered.container("StatefulSet", "milvus-etcd-member", "etcd");
  }

  private at(number: number): string {
    return join(this.run.folder, name(number));
  }
}
