import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { PATIENCE } from "../../core/until";
import { connects } from "../connects";
import { Engine } from "../engine";
import type { Ground } from "../ground";
import { javaHome } from "../java-home";
import { authority } from "./certificates";

export interface KafkaRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
}

export type Properties = Readonly<Record<string, string | number | boolean>>;

/** Text of a Java property file. */
export const propertyLines = (all: Properties): string =>
  Object.entries(all)
    .map(([key, value]) => `${key}=${String(value)}\n`)
    .join("");

/** Client properties for signing in with a password over TLS. */
export function signIn(ground: Ground, user: string, password: string): Record<string, string> {
  return {
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": "SCRAM-SHA-512",
    "sasl.jaas.config": `org.apache.kafka.common.security.scram.ScramLoginModule required username="${user}" password="${password}";`,
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": authority(ground),
  };
}

/** A client of one user, with Kafka's own library. */
export class KafkaClient {
  private constructor(
    private readonly ground: Ground,
    private readonly file: string,
  ) {}

  /** Client of a user with a password. */
  static of(ground: Ground, user: string, password: string): KafkaClient {
    const bootstrap = { "bootstrap.servers": ground.at("kafka") };
    return KafkaClient.with(ground, `user-${user}`, { ...bootstrap, ...signIn(ground, user, password) });
  }

  /** Client of the user in a service's Secret. */
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
    await this.ask({ action: "apply", input: wanted });
  }

  topics(): Promise<string[]> {
    return this.ask({ action: "topics" }) as Promise<string[]>;
  }

  /**
   * Writes records, waits until all replicas have them, and returns their number. Retries while a broker is down.
   * @param patience milliseconds to wait for the topic to exist
   */
  produce(
    topic: string,
    records: readonly { readonly key?: string; readonly value: string }[],
    patience?: number,
  ): Promise<number> {
    return this.ask({ action: "produce", topic, input: records, patience }) as Promise<number>;
  }

  /** All records of a topic. */
  consume(topic: string, group?: string): Promise<KafkaRecord[]> {
    return this.ask({ action: "consume", topic, group }) as Promise<KafkaRecord[]>;
  }

  private async ask(question: object): Promise<unknown> {
    const address = await tool(this.ground);
    const body = JSON.stringify({ client: this.file, ...question });
    const answer = await fetch(address, { method: "POST", body, signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }
}

const started = new Map<string, Promise<Engine>>();

/** URL of the tool, which is started once for each run. */
async function tool({ run, ports, tools }: Ground): Promise<string> {
  const port = ports.kafkaTool;
  const url = `http://127.0.0.1:${port}/`;
  const known = started.get(run.folder);
  if (known !== undefined) return known.then(() => url);
  const java = [join(javaHome(17, 18), "bin", "java"), "-Xmx256m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"];
  const source = join(__dirname, "KafkaTool.java");
  const spec = {
    name: "kafka-tool",
    command: [...java, "-cp", `${tools.kafka}/*`, source, String(port)],
    ready: () => connects(port),
  };
  const made = Engine.start(run, spec);
  started.set(run.folder, made);
  return made.then(() => url);
}

/** Ends the tool of a run, if it runs; the next question starts it again. */
export async function endTool({ run }: Ground): Promise<void> {
  const known = started.get(run.folder);
  started.delete(run.folder);
  await (await known)?.stop();
}
