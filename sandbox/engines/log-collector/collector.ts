import type { ChildProcess } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { stringify } from "yaml";

import { FILES, HEALTH_PORT, COLLECTOR_METRICS, STATE } from "../../../components/observability/logs/collector.config";
import type { Run } from "../../core/run";
import { until } from "../../core/until";
import { contained } from "../contained";
import type { Tools } from "../obtain";
import type { Container, Rendered } from "../rendered";
import { closed } from "../search/nodes";

const ADDRESS = "127.0.0.41";
const NODE = "machine-0";

/** A pod's container, as a runtime names its files. */
export interface Source {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** The rendered agent of one node as a process, and the files of that node's containers. */
export class LogCollector {
  private child: ChildProcess | undefined;
  private starts = 0;

  /** @param hosts a file with the names of the stores */
  constructor(
    private readonly run: Run,
    private readonly tools: Pick<Tools, "logCollector">,
    private readonly rendered: Rendered,
    private readonly hosts: string,
  ) {
    for (const folder of ["pods", "state", "conf"]) mkdirSync(this.at(folder), { recursive: true });
    writeFileSync(this.at("conf", "relay.yaml"), stringify(this.values.alternateConfig, { lineWidth: 0 }));
  }

  get values(): { readonly alternateConfig: unknown; readonly extraEnvs: Container["env"] } {
    return this.rendered.release("log-collector") as ReturnType<() => LogCollector["values"]>;
  }

  /** Appends lines to a container's file, as containerd writes them: time, stream, whether the line is whole. */
  write({ namespace, pod, container }: Source, lines: readonly string[], time = new Date()): void {
    const file = this.at("pods", `${namespace}_${pod}_0a1b2c3d-0000-4000-8000-000000000000`, container, "0.log");
    mkdirSync(dirname(file), { recursive: true });
    // Nanoseconds, as in Go.
    const stamp = time.toISOString().replace("Z", "123456Z");
    appendFileSync(file, lines.map((line) => `${stamp} stdout F ${line}\n`).join(""));
  }

  async start(): Promise<void> {
    const env = this.rendered.env({ env: this.values.extraEnvs ?? [] });
    const place = {
      mounts: { "/srv/conf": this.at("conf"), [FILES]: this.at("pods"), [STATE]: this.at("state") },
      hosts: this.hosts,
      user: 0,
    };
    const program = join(this.tools.logCollector, "opentelemetry-collector");
    const line = contained({ name: "collector", command: [program], args: ["--config=/srv/conf/relay.yaml"] }, place);
    this.starts += 1;
    const variables = { PATH: process.env.PATH ?? "", ...env, NODE_NAME: NODE, MY_POD_IP: ADDRESS };
    this.child = this.run.child("collector", line, variables, openSync(this.logFile, "w"));
    const ready = async () => {
      if (this.child?.exitCode !== null) throw new Error(`the collector has ended: ${this.log}`);
      const answer = await fetch(`http://${ADDRESS}:${String(HEALTH_PORT)}/`).catch(() => undefined);
      return answer?.ok === true;
    };
    await until("the collector is ready", ready, { explain: () => Promise.resolve(this.log) });
  }

  async stop(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child?.exitCode !== null) return;
    const over = closed(child);
    child.kill(signal);
    await over;
  }

  /** All metrics in Prometheus' text. */
  metrics = async (): Promise<string> =>
    (await fetch(`http://${ADDRESS}:${String(COLLECTOR_METRICS.port)}/metrics`)).text();

  /** The value of a metric, summed; 0 where it has no series yet. */
  async metric(name: string): Promise<number> {
    const values = [...(await this.metrics()).matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "gm"))];
    return values.reduce((total, [, value]) => total + Number(value), 0);
  }

  /** Bytes of what waits on disk and of places in files. */
  stateSize(): number {
    const files = ["exporter_opensearch__logs", "exporter_elasticsearch__logs", "receiver_file_log_"];
    return files
      .map((file) => this.at("state", file))
      .filter((file) => existsSync(file))
      .reduce((total, file) => total + statSync(file).size, 0);
  }

  get log(): string {
    return readFileSync(this.logFile, "utf8");
  }

  private get logFile(): string {
    return this.at(`collector-${String(this.starts)}.log`);
  }

  private at(...parts: string[]): string {
    return join(this.run.folder, "collector", ...parts);
  }
}
