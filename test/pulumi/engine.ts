import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { shippedText, type StackName } from "../support/stacks";
import { mirrorSmallCharts } from "./small-charts";

const ROOT = join(__dirname, "..", "..");
const PLUGINS = ["kubernetes", "random", "minio", "postgresql"] as const;
/** Files of the checkout that the copy of the program needs. */
const PROGRAM = [
  ...["components", "docs", "inputs", "pipelines", "planner", "pricing"],
  ...["index.ts", "package.json", "tsconfig.json", "Pulumi.yaml"],
];

/** How the engine keeps its state while it works. */
export interface Checkpoints {
  readonly environment: Readonly<Record<string, string>>;
  /** Query of the file backend's URL. */
  readonly query: string;
}

/** State options that docs/operations.md recommends: every step is kept, without unused copies and sidecar files. */
export const RECOMMENDED: Checkpoints = {
  environment: { PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true", GOGC: "400" },
  query: "?metadata=skip",
};

const TRANSPILE = `-r "${join(ROOT, "scripts", "transpile.js")}"`;
const ECHO = `${TRANSPILE} "${join(__dirname, "standin", "provider.js")}"`;
const CLUSTER = `${TRANSPILE} "${join(__dirname, "standin", "kubernetes.ts")}"`;

/** Whether Pulumi's own plugin is found, which tests on a cluster prefer. */
export function officialPlugin(name: string): boolean {
  return spawnSync("sh", ["-c", `command -v pulumi-resource-${name}`]).status === 0;
}

export interface EngineOptions {
  /** Cluster of the Kubernetes plugin. Without one, a stand-in returns its inputs. */
  readonly kubeconfig?: string;
  /** Names of plugins that are Pulumi's own; the others are stand-ins that return their inputs. @default none */
  readonly official?: readonly (typeof PLUGINS)[number][];
  /** @default RECOMMENDED */
  readonly checkpoints?: Checkpoints;
}

/** A Pulumi CLI with a Node.js language host. */
export interface Cli {
  readonly folder: string;
  /** Whether the language host is the release's own, which can start policy packs. The one built from Go modules is too old. */
  readonly official: boolean;
}

/** The Pulumi CLI of the tests, or the reason why there is none. */
export function pulumiCli(): Cli | { readonly missing: string } {
  const run = spawnSync("bash", [join(ROOT, "scripts", "obtain-pulumi.sh")], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (run.status !== 0) return { missing: run.stderr.trim().split("\n").at(-1) ?? "" };
  const folder = run.stdout.trim();
  return { folder, official: (process.env.PATH ?? "").split(delimiter).includes(folder) };
}

/** A process and all its descendants. */
function withDescendants(pid: number): number[] {
  const table = spawnSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).stdout;
  const all = table
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/ +/).map(Number));
  const below = (of: number): number[] =>
    all.filter(([, parent]) => parent === of).flatMap(([child = 0]) => [child, ...below(child)]);
  return [pid, ...below(pid)];
}

function killed(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // The process has ended.
  }
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Step {
  readonly op: string;
  readonly urn: string;
}

/** State of one resource, as the engine stores or prints it. */
export interface State {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** The real engine on a copy of the program, with a file backend and the stand-in for every plugin. */
export class Engine {
  readonly folder = mkdtempSync(join(tmpdir(), "lakehouse-pulumi-"));
  readonly program = join(this.folder, "program");
  private readonly environment: NodeJS.ProcessEnv;

  constructor(
    private readonly cli: Cli,
    { kubeconfig, official = [], checkpoints = RECOMMENDED }: EngineOptions = {},
  ) {
    for (const path of PROGRAM) cpSync(join(ROOT, path), join(this.program, path), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(this.program, "node_modules"));
    const plugins = join(this.folder, "plugins");
    mkdirSync(plugins);
    mkdirSync(join(this.folder, "state"));
    const resolve = createRequire(join(ROOT, "package.json")).resolve;
    for (const name of PLUGINS) {
      const onCluster = name === "kubernetes" && kubeconfig !== undefined;
      if (official.includes(name) || (onCluster && officialPlugin(name))) continue;
      const { version } = JSON.parse(readFileSync(resolve(`@pulumi/${name}/package.json`), "utf8")) as {
        version: string;
      };
      const file = join(plugins, `pulumi-resource-${name}`);
      writeFileSync(
        file,
        `#!/bin/sh\nSTANDIN_VERSION=${version} exec "${process.execPath}" ${onCluster ? CLUSTER : ECHO} "$@"\n`,
      );
      chmodSync(file, 0o755);
    }
    this.environment = {
      ...process.env,
      PATH: [plugins, cli.folder, process.env.PATH].join(delimiter),
      PULUMI_HOME: join(this.folder, "home"),
      PULUMI_BACKEND_URL: `file://${join(this.folder, "state")}${checkpoints.query}`,
      PULUMI_CONFIG_PASSPHRASE: "only for this test",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Stand-ins read no charts, so no chart repository is needed.
      LAKEHOUSE_CHART_CHECK: "off",
      PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
      ...checkpoints.environment,
      ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
    };
  }

  /**
   * Folder of the policy pack. Without the official language host this is a copy that names its own runtime: the engine looks for
   * its program on the PATH, which is a shell script that starts the SDK's entry point.
   */
  policyPack(): string {
    if (this.cli.official) return join(ROOT, "policies");
    const pack = join(this.folder, "policies");
    cpSync(join(ROOT, "policies"), pack, { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(this.folder, "node_modules"));
    const project = join(pack, "PulumiPolicy.yaml");
    const text = readFileSync(project, "utf8").replace(/^(runtime|  name): nodejs$/m, "$1: standin");
    writeFileSync(project, text);
    const host = join(this.folder, "plugins", "pulumi-analyzer-policy-standin");
    writeFileSync(
      host,
      `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, "node_modules", "@pulumi", "pulumi", "cmd", "run-policy-pack")}" "$@"\n`,
    );
    chmodSync(host, 0o755);
    return pack;
  }

  /** Creates a stack from a shipped stack file. */
  stack(name: string, file: StackName, edit: (text: string) => string = (text) => text): void {
    this.configure(name, file, edit);
    const made = this.run(["stack", "init", name]);
    if (made.status !== 0) throw new Error(made.stderr);
  }

  /** Replaces a stack's settings and keeps the engine's own keys. */
  configure(name: string, file: StackName, edit: (text: string) => string = (text) => text): void {
    const target = join(this.program, `Pulumi.${name}.yaml`);
    let salt = "";
    try {
      salt = /^encryptionsalt: .*$/m.exec(readFileSync(target, "utf8"))?.[0] ?? "";
    } catch {
      // There is no file before the first time.
    }
    writeFileSync(target, `${edit(shippedText(file))}\n${salt}\n`);
  }

  /** Puts small charts in place of the pinned ones, for machines without access to chart repositories. */
  smallCharts(): void {
    mirrorSmallCharts(this.program);
  }

  /** Replaces the platform's program by another one in JavaScript. */
  replaceProgram(text: string): void {
    writeFileSync(join(this.program, "index.ts"), text);
  }

  /** Replaces text in the program that the engine runs. */
  edit(path: string, from: string, to: string): void {
    const file = join(this.program, path);
    const text = readFileSync(file, "utf8");
    if (!text.includes(from)) throw new Error(`${path} has no "${from}"`);
    writeFileSync(file, text.replaceAll(from, to));
  }

  run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Ran {
    const { status, stdout, stderr } = spawnSync("pulumi", [...args, "--non-interactive"], {
      cwd: this.program,
      env: { ...this.environment, ...environment },
      encoding: "utf8",
      maxBuffer: 256 * 1024 * 1024,
    });
    return { status, stdout, stderr };
  }

  /** Starts an `up` and kills it once its state has a number of resources. */
  async killedUp(name: string, resources: number): Promise<void> {
    const child = spawn("pulumi", ["up", "--stack", name, "--yes", "--skip-preview", "--non-interactive"], {
      cwd: this.program,
      env: { ...this.environment, STANDIN_PAUSE_MS: "50" },
      stdio: "ignore",
      detached: true,
    });
    const ended = once(child, "exit");
    while (child.exitCode === null && this.resources(name).length < resources) await sleep(50);
    // Kills plugins and language host too, which have process groups of their own.
    if (child.pid !== undefined) for (const pid of withDescendants(child.pid)) killed(pid);
    await ended;
  }

  /**
   * Runs `up`, and returns the engine's steps in order: `start` or `end`, the operation, kind and name, as in
   * `end update ConfigMap trino-coordinator-etc`.
   */
  steps(name: string): string[] {
    const log = join(this.folder, "events.jsonl");
    rmSync(log, { force: true });
    const args = ["up", "--stack", name, "--yes", "--skip-preview", "--event-log", log];
    const ran = this.run(args, { PULUMI_DEBUG_COMMANDS: "true" });
    if (ran.status !== 0) throw new Error(ran.stderr + ran.stdout.slice(-3000));
    return readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .flatMap((line) => {
        const event = JSON.parse(line) as Readonly<Record<string, { readonly metadata: Step } | undefined>>;
        const [when, found] =
          event.resourcePreEvent === undefined ? ["end", event.resOutputsEvent] : ["start", event.resourcePreEvent];
        if (found === undefined || found.metadata.op === "same") return [];
        const { op, urn } = found.metadata;
        return [`${when} ${op} ${/[^:$]+$/.exec(urn.split("::")[2] ?? "")?.[0] ?? ""} ${urn.split("::")[3] ?? ""}`];
      });
  }

  /** Every resource of the engine's preview, without providers. */
  preview(name: string): {
    readonly steps: readonly { readonly op: string; readonly urn: string; readonly newState?: State }[];
    readonly changeSummary: Readonly<Record<string, number>>;
  } {
    const run = this.run(["preview", "--stack", name, "--json"]);
    if (run.status !== 0) throw new Error(run.stderr + run.stdout.slice(-3000));
    return JSON.parse(run.stdout) as ReturnType<Engine["preview"]>;
  }

  /** Text of the state file. */
  stateText(name: string): string {
    return readFileSync(join(this.folder, "state", ".pulumi", "stacks", "lakehouse", `${name}.json`), "utf8");
  }

  resources(name: string): readonly State[] {
    const state = JSON.parse(this.stateText(name)) as {
      checkpoint: { latest: { resources?: readonly State[] } | null };
    };
    return state.checkpoint.latest?.resources ?? [];
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
