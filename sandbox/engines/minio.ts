import { answers, Engine } from "./engine";
import type { Ground } from "./ground";
import { command } from "./obtain/command";

/** Whether buckets tell of their objects: where no Kafka runs, events would fill the disk until they are lost. */
export interface Telling {
  readonly events?: boolean;
}

/** The object store, from the StatefulSet's own arguments and variables. */
export async function startMinio(ground: Ground, name = "minio", { events = true }: Telling = {}): Promise<Engine> {
  const { changes, rendered, tools } = ground;
  const container = rendered.container("StatefulSet", "minio", "minio");
  const data = ground.folder(name, "data");
  const args = (container.args ?? []).map((arg, at, all) => {
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
    ready: () => answers(`http://${ground.at("s3")}/minio/health/ready`),
  });
}

/** The server's variables: Kafka's address and where events wait for it are other ones here. */
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
      // Its value may be a password, and changes are shown.
      changes.value("minio-local/env", name, "as rendered", undefined);
      return undefined;
    }
    if (part === "BROKERS") return changes.value("minio/env", name, value, ground.local(value));
    return part === "QUEUE_DIR" ? changes.value("minio/env", name, value, value.replace("/data-0", data)) : value;
  };
  const all = Object.entries(env).map(([name, value]) => [name, here(name, value)] as const);
  return Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** MinIO's client as one user; the secret is in its environment only. */
export class Client {
  constructor(
    private readonly ground: Ground,
    private readonly user: string,
    private readonly secret: string,
  ) {}

  static root(ground: Ground): Client {
    const secret = (key: string) => ground.rendered.secret("minio-root", key);
    return new Client(ground, secret("user"), secret("password"));
  }

  /** As the user that a Secret of the stack names; `-2` is the second generation of a service's credentials. */
  static of(ground: Ground, service: string, generation = ""): Client {
    const secret = (key: string) => ground.rendered.secret(`${service}-s3${generation}`, key);
    return new Client(ground, secret("AccessKey"), secret("SecretKey"));
  }

  /** `store` is the alias of the server. */
  run(args: readonly string[], input?: string): Promise<string> {
    return command([`${this.ground.tools.minio}/mc`, "--quiet", "--no-color", ...args], {
      env: {
        MC_HOST_store: `http://${this.user}:${this.secret}@${this.ground.at("s3")}`,
        MC_CONFIG_DIR: this.ground.folder("minio", "mc"),
      },
      ...(input === undefined ? {} : { input }),
    });
  }

  async put(object: string, content: string): Promise<void> {
    await this.run(["pipe", `store/${object}`], content);
  }

  get(object: string): Promise<string> {
    return this.run(["cat", `store/${object}`]);
  }

  async list(prefix: string): Promise<string[]> {
    return (await this.listed(prefix)).map(({ key }) => key);
  }

  /** Keys below a prefix, without it. */
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
