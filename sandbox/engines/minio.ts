import { answers, Engine, type Ground } from "./ground";
import { command } from "./obtain/command";

/** The object store, from the StatefulSet's own arguments and variables. */
export async function startMinio(ground: Ground, name = "minio"): Promise<Engine> {
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
    env: rendered.env(container),
    ready: () => answers(`http://${ground.at("s3")}/minio/health/ready`),
  });
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

  /** As the user that a Secret of the stack names. */
  static of(ground: Ground, service: string): Client {
    const secret = (key: string) => ground.rendered.secret(`${service}-s3`, key);
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
    const lines = await this.run(["ls", "--json", "--recursive", `store/${prefix}`]);
    return lines
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as { key: string }).key);
  }

  async remove(object: string): Promise<void> {
    await this.run(["rm", `store/${object}`]);
  }
}
