import type { ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { tail } from "../../core/run";
import { until } from "../../core/until";
import { contained } from "../contained";
import type { Ground } from "../ground";
import { command } from "../obtain/command";
import type { Container, Rendered } from "../rendered";

const NAMESPACE = "lakehouse-hub.svc";
const DIRECTORY = "/etc/lakehouse/jupyterhub";
/** Addresses of the pods on this machine. */
const ADDRESS = { hub: "127.0.0.61", proxy: "127.0.0.62" } as const;
export type Role = keyof typeof ADDRESS;

export const PROXY = `http://${ADDRESS.proxy}:8000`;
export const HUB = `http://${ADDRESS.hub}:8081`;

/** Seconds after which a notebook is idle here, and between two looks. */
const CULLING = { idle: 20, every: 1 } as const;

interface Probes {
  readonly readinessProbe: { readonly httpGet: { readonly path: string } };
}

/** The rendered hub and proxy as processes, each in its own mounts, beside the PostgreSQL of a ground on its own port. */
export class HubPrograms {
  private readonly running = new Map<Role, ChildProcess>();
  /** Whether the culler's times are those of tests; else idle notebooks stay. */
  culls = false;

  /**
   * @param rendered files of the next start, which a test may replace
   * @param more lines of its /etc/hosts, and mounts of the hub
   */
  constructor(
    private readonly ground: Ground,
    public rendered: Rendered,
    private readonly more: { readonly hosts: readonly string[]; readonly mounts: Readonly<Record<string, string>> } = {
      hosts: [],
      mounts: {},
    },
  ) {
    const hosts = [
      "127.0.0.1 localhost postgres-rw.lakehouse-storage.svc",
      `${ADDRESS.hub} jupyterhub-hub.${NAMESPACE}`,
      `${ADDRESS.proxy} jupyterhub.${NAMESPACE}`,
      ...more.hosts,
    ];
    writeFileSync(this.at("hosts"), `${hosts.join("\n")}\n`);
    for (const folder of ["config", "people", "hub", "proxy", "etc"]) mkdirSync(this.at(folder), { recursive: true });
  }

  async start(...roles: readonly Role[]): Promise<void> {
    for (const role of roles.length === 0 ? (["proxy", "hub"] as const) : roles) {
      await this.begin(role);
      await until(`${role} is ready or has ended`, () => this.readyOrOver(role));
      if (this.running.get(role)?.exitCode !== null) throw new Error(`${role} ended: ${this.log(role).slice(-4000)}`);
    }
  }

  /** Ends a program at once, and the culler with its hub, as with their container; notebooks go on, which are pods of their own. */
  async kill(...roles: readonly Role[]): Promise<void> {
    for (const role of roles) {
      const child = this.running.get(role);
      this.running.delete(role);
      if (child?.exitCode !== null) continue;
      const over = new Promise((resolve) => child.once("exit", resolve));
      for (const pid of role === "hub" ? cullers(child.pid ?? 0) : []) process.kill(pid, "SIGKILL");
      child.kill("SIGKILL");
      await over;
    }
  }

  log(role: Role): string {
    return tail(this.at(`${role}.log`), 60);
  }

  /** Writes hashes of the passwords, as Kubernetes does some time after their Secret has changed. */
  async hash(): Promise<void> {
    const of = JSON.parse(this.rendered.secret("jupyterhub-people", "people.json")) as Record<
      string,
      readonly string[]
    >;
    const passwords = Object.fromEntries(
      Object.keys(of).map((name) => [name, this.passwords(name).slice(0, of[name]?.length)]),
    );
    const program = [
      "import bcrypt, json, sys",
      "hashed = lambda text: bcrypt.hashpw(text.encode(), bcrypt.gensalt(4)).decode()",
      "print(json.dumps({name: [hashed(each) for each in all] for name, all in json.load(sys.stdin).items()}))",
    ].join("\n");
    const python = join(this.ground.tools.hub, "bin", "python");
    const text = await command([python, "-c", program], { input: JSON.stringify(passwords) });
    writeFileSync(this.at("people", "people.json"), text);
  }

  /** Valid passwords of a person, the newest first. */
  passwords(name: string): string[] {
    return ["-3", "-2", ""]
      .map((suffix) => `jupyterhub-person-${name}${suffix}`)
      .filter((secret) => this.rendered.has("Secret", secret))
      .map((secret) => this.rendered.secret(secret, "password"));
  }

  /** The pod that KubeSpawner makes for a person of a template. No API server is asked: a stand-in has the template. */
  async pod<T>(template: string, person: string): Promise<T> {
    const { tools } = this.ground;
    this.write();
    const [stored, kubeconfig] = [this.at(`${template}.json`), this.at("kubeconfig")];
    writeFileSync(stored, JSON.stringify(this.rendered.object("PodTemplate", template)));
    const nobody = { name: "nobody", cluster: { server: "https://127.0.0.1:1" }, user: { token: "none" } };
    const context = { name: "nobody", context: { cluster: "nobody", user: "nobody" } };
    writeFileSync(
      kubeconfig,
      JSON.stringify({ "clusters": [nobody], "users": [nobody], "contexts": [context], "current-context": "nobody" }),
    );
    const env = { ...this.rendered.env(this.container("hub")), KUBECONFIG: kubeconfig, PYTHONDONTWRITEBYTECODE: "1" };
    const line = [join(tools.hub, "bin", "python"), join(__dirname, "pod.py"), this.at("config"), stored, person];
    return JSON.parse((await command(line, { env })).trim().split("\n").at(-1) ?? "") as T;
  }

  private async begin(role: Role): Promise<void> {
    const { tools, run } = this.ground;
    const described = this.container(role);
    const { args = [] } = described;
    const temporary = this.at(role);
    const mounts: Record<string, string> = { "/tmp": temporary };
    let line: string[];
    if (role === "hub") {
      // Where people sign in by an issuer, the hub has no passwords.
      if (this.rendered.has("Secret", "jupyterhub-people")) {
        await this.hash();
        Object.assign(mounts, { "/etc/lakehouse/people": this.at("people") });
      }
      this.write();
      Object.assign(mounts, { [DIRECTORY]: this.at("config"), ...this.more.mounts });
      const notebook = [join(tools.notebook, "bin", "python"), "-m", "jupyterhub.singleuser"];
      line = [
        ...[join(tools.hub, "bin", "python"), "-m", ...args],
        "--JupyterHub.spawner_class=simple",
        "--JupyterHub.last_activity_interval=2",
        "--SimpleLocalProcessSpawner.home_dir_template=/tmp/{username}",
        ...notebook.map((word) => `--SimpleLocalProcessSpawner.cmd=${word}`),
      ];
    } else line = [process.execPath, join(tools.hubProxy, "node_modules/.bin/configurable-http-proxy"), ...args];
    const place = { mounts, hosts: this.at("hosts"), user: role === "hub" ? 1000 : 65_534 };
    const env = { PATH: process.env.PATH ?? "", PYTHONDONTWRITEBYTECODE: "1", ...this.rendered.env(described) };
    const output = openSync(this.at(`${role}.log`), "a");
    const container = contained({ ...described, command: line, args: [] }, place);
    this.running.set(role, run.child(`jupyterhub-${role}`, container, env, output));
    closeSync(output);
  }

  private write(): void {
    const files = this.rendered.configMap("jupyterhub-hub-config");
    for (const [name, text] of Object.entries(files)) writeFileSync(this.at("config", name), text);
    const told = JSON.parse(files["hub.json"] ?? "{}") as { culling: object };
    if (this.culls) told.culling = { ...told.culling, ...CULLING };
    writeFileSync(this.at("config", "hub.json"), JSON.stringify(told));
  }

  private async readyOrOver(role: Role): Promise<boolean> {
    if (this.running.get(role)?.exitCode !== null) return true;
    const { readinessProbe } = this.container(role) as unknown as Probes;
    try {
      return (await fetch(`${role === "hub" ? HUB : PROXY}${readinessProbe.httpGet.path}`)).ok;
    } catch {
      return false;
    }
  }

  private container(role: Role): Container {
    return this.rendered.container("Deployment", `jupyterhub-${role}`, role);
  }

  private at(...parts: readonly string[]): string {
    return join(this.ground.folder("jupyterhub"), ...parts);
  }
}

/** Processes of the culler that a hub has started. */
function cullers(hub: number): number[] {
  const children = readFileSync(`/proc/${String(hub)}/task/${String(hub)}/children`, "utf8")
    .trim()
    .split(" ")
    .map(Number);
  return children.filter(
    (pid) => pid > 0 && readFileSync(`/proc/${String(pid)}/cmdline`, "utf8").includes("idle_culler"),
  );
}
