import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { answers, Engine } from "../engine";
import type { Ground } from "../ground";
import type { Tools } from "../obtain";
import { command } from "../obtain/command";
import type { Rendered } from "../rendered";

/** Whether buckets send events: without a running Kafka, events would fill the disk. */
export interface EventOptions {
  readonly events?: boolean;
}

/** Starts the object store with the StatefulSet's arguments and variables. */
export async function startMinio(
  ground: Ground,
  name = "minio",
  { events = true }: EventOptions = {},
): Promise<Engine> {
  const { changes, rendered, tools } = ground;
  const container = rendered.container("StatefulSet", "minio", "minio");
  const data = ground.folder(name, "data");
  const args = (container.args ?? []).map((arg, at, all) => {
    if (all[at - 1] === "--certs-dir") return arg;
    if (arg.startsWith("/")) return changes.value("minio/args", "server", arg, data);
    if (all[at - 1] === "--address") return changes.value("minio/args", "--address", arg, ground.at("s3"));
    if (all[at - 1] === "--console-address")
      return changes.value("minio/args", "--console-address", arg, ground.at("console"));
    return arg;
  });
  return Engine.start(ground.run, {
    name,
    command: [`${tools.minio}/minio`, ...args],
    env: variables(ground, rendered.env(container), data, events),
    ready: () => answers(`${schemeOf(rendered)}://${ground.at("s3")}/minio/health/ready`),
  });
}

/** A store of the stack's that has a certificate speaks TLS alone. */
const schemeOf = (rendered: Rendered) => (rendered.has("Certificate", "minio-tls") ? "https" : "http");

/** The server's variables, with the address of Kafka and the folder of queued events on this machine. */
function variables(
  ground: Ground,
  env: Readonly<Record<string, string>>,
  data: string,
  events: boolean,
): Record<string, string> {
  const { changes } = ground;
  const here = (name: string, value: string) => {
    const [, part] = /^MINIO_NOTIFY_KAFKA_(\w+?)_TOPIC_/.exec(name) ?? [];
    if (part === undefined) return value;
    if (!events) {
      // Recorded without its value, which may be a password: changes are printed.
      changes.value("minio-local/env", name, "as rendered", undefined);
      return undefined;
    }
    if (part === "BROKERS") return changes.value("minio/env", name, value, ground.local(value));
    return part === "QUEUE_DIR" ? changes.value("minio/env", name, value, value.replace("/data-0", data)) : value;
  };
  const all = Object.entries(env).map(([name, value]) => [name, here(name, value)] as const);
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** A store with S3's interface, and where its clients have their files. */
export interface Store {
  readonly tools: Pick<Tools, "minio">;
  readonly rendered: Rendered;
  /** `host:port` */
  readonly address: string;
  /** Folder of the client's own files. */
  readonly folder: string;
}

const storeOf = (ground: Ground): Store => ({
  tools: ground.tools,
  rendered: ground.rendered,
  address: ground.at("s3"),
  folder: ground.folder("minio", "mc"),
});

/** MinIO's client of one user, with the secret only in its environment. */
export class Client {
  private constructor(
    private readonly store: Store,
    private readonly user: string,
    private readonly secret: string,
  ) {}

  static root(ground: Ground): Client {
    const secret = (key: string) => ground.rendered.secret("minio-root", key);
    return Client.as(ground, secret("user"), secret("password"));
  }

  /** Client of any user, also of one that there is not. */
  static as(ground: Ground | Store, user: string, secret: string): Client {
    return new Client("address" in ground ? ground : storeOf(ground), user, secret);
  }

  /** Client of the user in a service's Secret; `-2` is the second generation of credentials. */
  static of(ground: Ground | Store, service: string, generation = ""): Client {
    const secret = (key: string) => ground.rendered.secret(`${service}-s3${generation}`, key);
    return Client.as(ground, secret("AccessKey"), secret("SecretKey"));
  }

  /** Runs the client; `store` is the server's alias. */
  run(args: readonly string[], input?: string): Promise<string> {
    const { tools, rendered, address, folder } = this.store;
    return command([`${tools.minio}/mc`, "--quiet", "--no-color", ...args], {
      env: { MC_HOST_store: `${schemeOf(rendered)}://${this.user}:${this.secret}@${address}`, MC_CONFIG_DIR: folder },
      ...(input === undefined ? {} : { input }),
    });
  }

  async put(object: string, content: string): Promise<void> {
    // Not by `pipe`, whose checksums SeaweedFS 4.48 refuses.
    const file = join(mkdtempSync(join(tmpdir(), "lakehouse-put-")), "content");
    writeFileSync(file, content);
    try {
      await this.run(["put", file, `store/${object}`]);
    } finally {
      rmSync(dirname(file), { recursive: true });
    }
  }

  get(object: string): Promise<string> {
    return this.run(["cat", `store/${object}`]);
  }

  async list(prefix: string): Promise<string[]> {
    return (await this.listed(prefix)).map(({ key }) => key);
  }

  /** Objects below a prefix, with keys relative to it. */
  async listed(prefix: string): Promise<{ readonly key: string; readonly lastModified: string }[]> {
    const lines = await this.run(["ls", "--json", "--recursive", `store/${prefix}`]);
    return lines
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as { key: string; lastModified: string });
  }

  async remove(object: string): Promise<void> {
    await this.run(["rm", `store/${object}`]);
  }
}
