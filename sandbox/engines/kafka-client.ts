import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Ground } from "./ground";
import { javaHome } from "./java-home";
import { authority } from "./kafka-certificates";
import { command } from "./obtain/command";

export interface KafkaRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
}

export type Properties = Readonly<Record<string, string | number | boolean>>;

/** `key=value` lines of Java's property files. */
export const propertyLines = (all: Properties): string =>
  Object.entries(all)
    .map(([key, value]) => `${key}=${String(value)}\n`)
    .join("");

/** What a client with a password needs to sign in over TLS. */
export function signIn(ground: Ground, user: string, password: string): Record<string, string> {
  return {
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": "SCRAM-SHA-512",
    "sasl.jaas.config": `org.apache.kafka.common.security.scram.ScramLoginModule required username="${user}" password="${password}";`,
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": authority(ground),
  };
}

/** Kafka's own library as one user. Its log is warnings and errors. */
export class KafkaClient {
  private constructor(
    private readonly ground: Ground,
    private readonly file: string,
  ) {}

  /** As a user with a password. */
  static of(ground: Ground, user: string, password: string): KafkaClient {
    const bootstrap = { "bootstrap.servers": ground.at("kafka") };
    return KafkaClient.with(ground, `user-${user}`, { ...bootstrap, ...signIn(ground, user, password) });
  }

  /** As the user that a Secret of the stack names. */
  static service(ground: Ground, service: string): KafkaClient {
    const secret = (key: string) => ground.rendered.secret(`${service}-kafka`, key);
    return KafkaClient.of(ground, secret("username"), secret("password"));
  }

  static with(ground: Ground, name: string, properties: Properties): KafkaClient {
    const file = ground.path("kafka-clients", `${name}.properties`);
    const text = propertyLines(properties);
    // Another client of the same user may be reading it.
    if (!existsSync(file) || readFileSync(file, "utf8") !== text) writeFileSync(file, text, { mode: 0o600 });
    return new KafkaClient(ground, file);
  }

  async apply(wanted: object): Promise<void> {
    await this.run(["apply"], JSON.stringify(wanted));
  }

  async topics(): Promise<string[]> {
    return lines(await this.run(["topics"]));
  }

  /**
   * Writes records, waits until all copies have them, and says how many. A broker that is away for a while is waited for.
   * @param patience milliseconds that a topic may take to be there
   */
  async produce(
    topic: string,
    records: readonly { readonly key?: string; readonly value: string }[],
    patience?: number,
  ): Promise<number> {
    const args = ["produce", topic, ...(patience === undefined ? [] : [String(patience)])];
    return Number(await this.run(args, records.map((record) => JSON.stringify(record)).join("\n")));
  }

  /** Everything that is in a topic. */
  async consume(topic: string, group?: string): Promise<KafkaRecord[]> {
    const out = await this.run(["consume", topic, ...(group === undefined ? [] : [group])]);
    return lines(out).map((line) => JSON.parse(line) as KafkaRecord);
  }

  private async run(args: readonly string[], input?: string): Promise<string> {
    const classes = `${await compiled(this.ground)}:${this.ground.tools.kafka}/*`;
    const java = [join(javaHome(17, 18), "bin", "java"), "-Xmx256m", "-XX:TieredStopAtLevel=1"];
    const [action = "", ...rest] = args;
    return command(
      [
        ...java,
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-cp",
        classes,
        "KafkaTool",
        this.file,
        action,
        ...rest,
      ],
      input === undefined ? {} : { input },
    );
  }
}

const tools = new Map<string, Promise<string>>();

/** The tool's class files, made once for each run. */
function compiled(ground: Ground): Promise<string> {
  const folder = ground.folder("kafka-tool");
  const known = tools.get(folder);
  if (known !== undefined) return known;
  const source = join(__dirname, "java", "KafkaTool.java");
  const javac = [join(javaHome(17, 18), "bin", "javac"), "-cp", `${ground.tools.kafka}/*`, "-d", folder, source];
  const made = command(javac).then(() => folder);
  tools.set(folder, made);
  return made;
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
