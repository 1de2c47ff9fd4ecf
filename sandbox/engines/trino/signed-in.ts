import { readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";

import { passwordFile } from "../../../components/query/trino/access";
import { command } from "../obtain/command";
import { PATIENCE, until } from "../../core/until";
import { Authority } from "../authority";
import type { Engine } from "../engine";
import type { Ground } from "../ground";
import { JVM_OPTIONS } from "../jvm";
import { TrinoClient } from "./client";
import { startNode } from "./trino";

interface Login {
  readonly user: string;
  readonly password: string;
}

/** Where a Trino stands. */
interface Surroundings {
  /** Of its folders. @default "trino-signed-in" */
  readonly name?: string;
  /** Who made the certificates of others. @default one of its own */
  readonly authority?: Authority;
  /** Options of its JVMs, by which they find and trust others. @default none */
  readonly java?: readonly string[];
}

/** A Trino that asks who one is, from its rendered files; its Secrets are files as Kubernetes mounts them. */
export class SignedIn {
  coordinator: Engine | undefined;
  worker: Engine | undefined;
  private readonly hashes = new Map<string, string>();

  private constructor(
    readonly ground: Ground,
    private readonly name: string,
  ) {}

  static async start(ground: Ground, { name = "trino-signed-in", authority: given, java = [] }: Surroundings = {}) {
    const trino = new SignedIn(ground, name);
    const authority = given ?? (await Authority.make(ground.folder(`${name}-authority`)));
    await authority.certify(ground.rendered, "trino-tls", ground.folder(`${name}-tls`));
    const [file, access] = [await trino.passwords(), ground.rendered.secret("trino-users", "rules.json")];
    const files = {
      "users/password.db": file,
      "users/rules.json": access,
      "tls/tls-combined.pem": readFileSync(trino.at("tls-combined.pem"), "utf8"),
    };
    // Its trust store is at a path of the pod's.
    const env = { [JVM_OPTIONS]: [process.env[JVM_OPTIONS] ?? "", ...java].join(" ").trim() };
    [trino.coordinator, trino.worker] = await Promise.all([
      startNode(ground, "coordinator", `${name}-coordinator`, { files, env }),
      startNode(ground, "worker", `${name}-worker`, { env }),
    ]);
    const nodes = "select count(*) from system.runtime.nodes where state = 'active'";
    const login = trino.program("trino-scraper");
    const asked = () => trino.as(login).value(nodes, { user: login.user });
    await until("the coordinator knows its worker", async () => (await asked().catch(() => 0)) === 2);
    return trino;
  }

  /** Replaces the mounted rules and passwords by those of another rendering, as Kubernetes does when a Secret changes. */
  async mount(ground: Ground): Promise<void> {
    const made = new SignedIn(ground, this.name);
    for (const [user, hash] of this.hashes) made.hashes.set(user, hash);
    this.ground.write(`${this.name}-coordinator/etc/users`, {
      "password.db": await made.passwords(),
      "rules.json": ground.rendered.secret("trino-users", "rules.json"),
    });
  }

  /** A person's login. */
  person(name: string, ground = this.ground): Login {
    return { user: name, password: ground.rendered.secret("trino-people", name) };
  }

  /** The login in a program's Secret. */
  program(secret: string, ground = this.ground): Login {
    const of = (key: string) => ground.rendered.secret(secret, key);
    return { user: of("username"), password: of("password") };
  }

  /** A client with a login; asks in the name of whom its queries name. */
  as(login: Login | undefined): TrinoClient {
    return new TrinoClient(this.origin, "Trino", (url, given) => this.ask(url, given, login));
  }

  get origin(): string {
    return `https://localhost:${String(this.ground.ports.trinoSecure)}`;
  }

  /** One request by TLS, whose certificate is verified. */
  ask(url: string, given: RequestInit, login: Login | undefined): Promise<Response> {
    const headers: Record<string, string> = {
      // As clients of upstream's say.
      "X-Trino-Client-Capabilities": "SESSION_AUTHORIZATION",
      ...(given.headers as Record<string, string> | undefined),
    };
    if (login !== undefined)
      headers.Authorization = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`;
    const { hostname, port, pathname, search } = new URL(url);
    const options = {
      ...{ host: "127.0.0.1", port, path: `${pathname}${search}`, servername: hostname, method: given.method ?? "GET" },
      headers: { ...headers, host: `${hostname}:${port}` },
      ca: readFileSync(this.at("ca.crt")),
      timeout: PATIENCE,
    };
    return new Promise((resolve, reject) => {
      const call = request(options, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("end", () => {
          const status = answer.statusCode ?? 0;
          const body = [204, 304].includes(status) ? null : Buffer.concat(parts);
          resolve(new Response(body, { status }));
        });
      });
      call.on("error", reject);
      call.end(given.body as string | undefined);
    });
  }

  async stop(): Promise<void> {
    await Promise.all([this.coordinator?.stop(), this.worker?.stop()]);
  }

  private at(file: string): string {
    return join(this.ground.folder(`${this.name}-tls`), file);
  }

  /** Lines `user:hash`. The hash is made by Pulumi's provider of passwords, which has not run: in its place stands what it would be of. */
  private async passwords(): Promise<string> {
    const lines = this.ground.rendered.secret("trino-users", "password.db").trimEnd().split("\n");
    const logins = lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)] as const);
    const program = [
      "import bcrypt, json, sys",
      'hashed = lambda text: bcrypt.hashpw(text.encode(), bcrypt.gensalt(10, b"2a")).decode()',
      "print(json.dumps([[user, hashed(text)] for user, text in json.load(sys.stdin)]))",
    ].join("\n");
    const python = join(this.ground.tools.hub, "bin", "python");
    const missing = logins.filter(([user, text]) => !this.hashes.has(`${user}:${text}`));
    const made = JSON.parse(await command([python, "-c", program], { input: JSON.stringify(missing) })) as string[][];
    for (const [index, [user, text]] of missing.entries()) this.hashes.set(`${user}:${text}`, made[index]?.[1] ?? "");
    const hashed = Object.fromEntries(
      logins.map(([user, text]) => [user, this.hashes.get(`${user}:${text}`) ?? ""] as const),
    );
    return passwordFile(hashed);
  }
}
