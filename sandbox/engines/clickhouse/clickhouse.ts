import { connect } from "node:net";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Running } from "../../core/run";
import { contained } from "../contained";
import type { Ground } from "../ground";
import { command } from "../obtain/command";
import type { Container, Rendered } from "../rendered";

/** Macros that the operator sets for the first host. */
const HOST = { shard: "0", replica: "chi-clickhouse-main-0-0", cluster: "main" } as const;
const HOME = "/var/lib/clickhouse";
const CONFIG = "/etc/clickhouse-server";
const USERS = "/opt/lakehouse/users/users.xml";
/** Mount of the programs that stand in for those of the image. */
const PROGRAMS = "/opt/lakehouse/programs";

interface Installation {
  readonly configuration: {
    readonly files: Readonly<Record<string, string>>;
    readonly profiles?: Readonly<Record<string, unknown>>;
  };
  readonly templates: {
    readonly podTemplates: readonly { readonly spec: { readonly containers: readonly Container[] } }[];
  };
}

/** An answer: text in TabSeparated, or the engine's error. */
export type Answer = { readonly text: string } | { readonly error: string };

/**
 * ClickHouse's engine as a library, with the rendered configuration and users of a server: in a mount namespace with a server's
 * paths, its user and a read-only root. One user is signed in at a time.
 */
export class ClickhouseEngine {
  private running: Running | undefined;
  private signedIn = "";

  constructor(
    private readonly ground: Ground,
    private readonly hosts: string,
    /** A test may put another one there. */
    public rendered: Rendered = ground.rendered,
  ) {}

  /** The folder that stands for the server's volume. */
  get volume(): string {
    return this.ground.folder("clickhouse", "data");
  }

  private get installation(): Installation {
    return this.rendered.object("ClickHouseInstallation", "clickhouse").spec as Installation;
  }

  private get container(): Container {
    const [pod] = this.installation.templates.podTemplates;
    const found = pod?.spec.containers.find(({ name }) => name === "clickhouse");
    if (found === undefined) throw new Error("the installation has no container clickhouse");
    return found;
  }

  /** The users' file of the Secret. */
  get users(): string {
    return this.rendered.secret("clickhouse-users", "users.xml");
  }

  /** Starts it with one of the stack's users signed in. @param known false keeps the user's password, so that the sign-in fails */
  async as(user: string, known = true): Promise<this> {
    await this.stop();
    const { run, tools } = this.ground;
    this.ground.write("clickhouse/config/config.d", { "lakehouse.xml": this.configuration() });
    this.ground.write("clickhouse/config", { "config.xml": mainXml });
    this.ground.write("clickhouse/users", { "users.xml": this.signingIn(user, known) });
    rmSync(this.socket, { force: true });
    const mounts = {
      [HOME]: this.volume,
      [CONFIG]: this.ground.folder("clickhouse", "config"),
      "/opt/lakehouse/users": this.ground.folder("clickhouse", "users"),
      "/opt/lakehouse/run": this.ground.folder("clickhouse", "run"),
      [PROGRAMS]: __dirname,
      "/tmp": this.ground.folder("clickhouse", "tmp"),
    };
    const line = contained(
      {
        name: "clickhouse",
        command: [`${tools.python}/bin/python`, `${PROGRAMS}/engine.py`],
        args: [`${CONFIG}/config.xml`, "/opt/lakehouse/run/socket"],
      },
      { mounts, hosts: this.hosts, user: 101 },
    );
    this.signedIn = user;
    this.running = await run.process({
      name: "clickhouse",
      command: line,
      // The run's folder is not in its root.
      cwd: "/",
      env: { ...this.rendered.env(this.container), PATH: process.env.PATH ?? "", HOME: "/tmp" },
      ready: () => this.ask("SELECT 1").then((answer) => "text" in answer),
    });
    return this;
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const { running } = this;
    this.running = undefined;
    if (running === undefined) return;
    running.kill(signal);
    await running.exited;
  }

  get pid(): number {
    return this.running?.pid ?? 0;
  }

  /** What the engine answers to a statement, errors too. */
  ask(query: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      let text = "";
      const socket = connect(this.socket, () => socket.write(`${JSON.stringify({ query })}\n`));
      socket.on("data", (more) => (text += more.toString()));
      socket.on("error", reject);
      socket.on("close", () => {
        if (text === "") reject(new Error(`the engine has ended: ${this.running?.log ?? ""}`));
        else resolve(JSON.parse(text) as Answer);
      });
    });
  }

  /** The text of an answer. @throws Error with what the engine refused */
  async sql(query: string): Promise<string> {
    const answer = await this.ask(query);
    if ("error" in answer) throw new Error(answer.error);
    return answer.text.trim();
  }

  /** The name of the error of a statement that is refused, such as `ACCESS_DENIED`. */
  async refused(query: string): Promise<string> {
    const answer = await this.ask(query);
    if (!("error" in answer)) throw new Error(`${query} is not refused`);
    return /\(([A-Z_0-9]+)\)\s*$/.exec(answer.error.trim())?.[1] ?? answer.error;
  }

  /** Runs a rendered script with a `clickhouse-client` that sends its statements to the engine. @throws Error if the script fails */
  async script(
    kind: string,
    name: string,
    container: string,
    { mounts = {}, login = "clickhouse-login" }: { mounts?: Readonly<Record<string, string>>; login?: string } = {},
  ) {
    const rendered = this.rendered.container(kind, name, container);
    const programs = this.ground.folder("clickhouse", "programs");
    const client = `#!/bin/sh\nexec ${this.ground.tools.python}/bin/python ${PROGRAMS}/client.py "$@"\n`;
    writeFileSync(join(programs, "clickhouse-client"), client, { mode: 0o755 });
    const { changes } = this.ground;
    const file = kind === "Job" ? "clickhouse/setup.sql" : "clickhouse/backup";
    changes.value(file, "ON CLUSTER", "as rendered", undefined);
    const local = (text: string) =>
      text.replaceAll(/[a-z0-9-]+(\.[a-z0-9-]+)+\.svc:\d+/g, (place) =>
        changes.value(file, "address", place, this.ground.local(place)),
      );
    const found = { ...rendered, args: rendered.args?.map(local) };
    if (kind === "Job") {
      for (const engine of ["Replicated", "Kafka"]) changes.value(file, `ENGINE = ${engine}`, "as rendered", undefined);
      changes.value(file, "columns of a topic's record", undefined, "as such an engine has them");
    }
    const all = {
      "/tmp": this.ground.folder("clickhouse", "tmp"),
      "/opt/lakehouse/bin": programs,
      [PROGRAMS]: __dirname,
      "/opt/lakehouse/run": this.ground.folder("clickhouse", "run"),
      ...mounts,
    };
    return command([...contained(found, { hosts: this.hosts, user: 101, mounts: all })], {
      cwd: "/",
      env: {
        ...this.rendered.env(found),
        PATH: `/opt/lakehouse/bin:${process.env.PATH ?? ""}`,
        ENGINE_SOCKET: "/opt/lakehouse/run/socket",
        ENGINE_USER: this.signedIn,
        ENGINE_PASSWORD: this.rendered.secret(login, "password"),
        ENGINE_SERVERS: "1",
      },
    });
  }

  private get socket(): string {
    return join(this.ground.folder("clickhouse", "run"), "socket");
  }

  /** The rendered configuration with the addresses of this machine. */
  private configuration(): string {
    const text = this.installation.configuration.files["config.d/lakehouse.xml"] ?? "";
    return text.replaceAll(/<(endpoint|url)>(.*?)<\/\1>/g, (_, key: string, place: string) => {
      const { changes } = this.ground;
      return `<${key}>${changes.value("clickhouse/lakehouse.xml", key, place, this.ground.local(place))}</${key}>`;
    });
  }

  /** The users' file with one user renamed to `default`, the user of the library. */
  private signingIn(user: string, known: boolean): string {
    const { changes } = this.ground;
    const file = "clickhouse/users.xml";
    const text = this.users;
    const start = text.indexOf("<users>");
    const block = new RegExp(`<${user}>([^]*?)</${user}>`).exec(text.slice(start))?.[1];
    if (block === undefined) throw new Error(`${file}: there is no user ${user}`);
    const hash = /<password_sha256_hex>.*?<\/password_sha256_hex>/;
    changes.value(file, `users/${user}`, "as rendered", undefined);
    changes.value(file, "users/default", undefined, "the same");
    if (known) changes.value(file, "users/default/password_sha256_hex", "as rendered", undefined);
    const own = known ? block.replace(hash, "<no_password/>") : block;
    const profiles = Object.entries(this.installation.configuration.profiles ?? {})
      .map(([path, value]) => [path.replace("default/", ""), String(value)] as const)
      .map(([name, value]) => `<${name}>${value}</${name}>`)
      .join("");
    changes.value(file, "profiles/default", undefined, "of the image and of the installation");
    return text
      .replace(`<${user}>${block}</${user}>`, `<default>${own}</default>`)
      .replace("<profiles>", `<profiles><default>${profiles}</default>`)
      .replace("<quotas>", "<quotas><default/>");
  }
}

const mainXml = `<clickhouse>
  <path>${HOME}/</path>
  <users_config>${USERS}</users_config>
  <macros><shard>${HOST.shard}</shard><replica>${HOST.replica}</replica><cluster>${HOST.cluster}</cluster></macros>
</clickhouse>
`;
