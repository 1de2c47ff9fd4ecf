import { writeFileSync } from "node:fs";

import {
  type Connector,
  connectorConfig,
  PASSWORD,
  workerProperties,
  type Workers,
} from "../../../components/streaming/connect/composed";
import { until } from "../../core/until";
import { answers, Engine } from "../engine";
import type { Ground } from "../ground";
import { javaHome } from "../java-home";
import { jvmOptions, metricsAgent } from "../kafka/kafka";
import { type Properties, propertyLines, signIn } from "../kafka/client";

interface Metrics {
  readonly spec: {
    readonly metricsConfig: { readonly valueFrom: { readonly configMapKeyRef: { name: string; key: string } } };
  };
}

export interface ConnectorStatus {
  readonly connector: { readonly state: string };
  readonly tasks: readonly { readonly id: number; readonly state: string; readonly trace?: string }[];
}

/** Starts a worker from the rendered KafkaConnect, configured as the operator does, and makes the rendered connectors. */
export async function startConnect(ground: Ground, name = "connect"): Promise<Connect> {
  const { changes, rendered, tools } = ground;
  const { spec } = rendered.object("KafkaConnect", "connect") as unknown as Workers & Metrics;
  const file = ground.path(name, "worker.properties");
  writeFileSync(file, propertyLines(workerOf(ground, { spec }, ground.folder(name, "plugins"))), { mode: 0o600 });
  const { passwordSecret: secret } = spec.authentication;
  const env: Readonly<Record<string, string>> = {
    ...rendered.env(spec.template.connectContainer),
    [PASSWORD]: rendered.secret(secret.secretName, secret.password),
  };
  const plugin = changes.value("connect/env", "CLASSPATH", env.CLASSPATH, `${tools.debezium}/*`);
  const metrics = () => metricsAgent(ground, spec.metricsConfig.valueFrom.configMapKeyRef, name, "connectMetrics");
  // The order of Kafka's start script: CLASSPATH first, then Kafka's jars.
  const classes = ["-cp", `${plugin}:${tools.kafka}/*`];
  const container = () => ({
    name,
    command: [
      `${javaHome(17, 18)}/bin/java`,
      ...jvmOptions(spec.jvmOptions),
      metrics(),
      ...classes,
      "org.apache.kafka.connect.cli.ConnectDistributed",
      file,
    ],
    env,
    ready: () => answers(`http://${ground.at("connect")}/connectors`),
  });
  const engine = await Engine.start(ground.run, container, { readdress: () => ground.readdress("connectMetrics") });
  const connect = new Connect(engine, ground);
  await connect.makeConnectors();
  return connect;
}

/** The worker's properties, as for compose; Kafka's listener here has TLS. */
function workerOf(ground: Ground, { spec }: Pick<Workers, "spec">, plugins: string): Properties {
  const bootstrap = ground.local(spec.bootstrapServers);
  // Its file names the variable of its password.
  const { "sasl.jaas.config": _, ...tls } = signIn(ground, spec.authentication.username, "");
  return {
    ...workerProperties({ spec }),
    "bootstrap.servers": ground.changes.value("connect/worker", "bootstrapServers", spec.bootstrapServers, bootstrap),
    "listeners": `http://${ground.at("connect")}`,
    "plugin.path": plugins,
    ...Object.fromEntries(
      ["", "producer.", "consumer.", "admin."].flatMap((prefix) =>
        Object.entries(tls).map(([key, value]) => [prefix + key, value]),
      ),
    ),
  };
}

/** A worker and its connectors. */
export class Connect {
  constructor(
    readonly engine: Engine,
    private readonly ground: Ground,
  ) {}

  /** The same worker with other rendered files. */
  on(ground: Ground): Connect {
    return new Connect(this.engine, ground);
  }

  async makeConnectors(): Promise<void> {
    for (const connector of this.ground.rendered.objects<Connector>("KafkaConnector")) await this.put(connector);
  }

  async status(connector: string): Promise<ConnectorStatus> {
    const answer = await fetch(`http://${this.ground.at("connect")}/connectors/${connector}/status`);
    if (!answer.ok) throw new Error(`connector ${connector}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as ConnectorStatus;
  }

  /** Whether the connector has committed offsets, from which it continues after a crash. */
  async hasOffsets(connector: string): Promise<boolean> {
    const answer = await fetch(`http://${this.ground.at("connect")}/connectors/${connector}/offsets`);
    return answer.ok && ((await answer.json()) as { offsets: readonly object[] }).offsets.length > 0;
  }

  /** Restarts failed tasks, as the operator does with `autoRestart`. */
  async restart(connector: string, which: "failed" | "all" = "failed"): Promise<void> {
    const path = `connectors/${connector}/restart?includeTasks=true&onlyFailed=${String(which === "failed")}`;
    await fetch(`http://${this.ground.at("connect")}/${path}`, { method: "POST" });
  }

  /** Creates or updates a connector from its rendered KafkaConnector. */
  private async put(connector: Connector): Promise<void> {
    const { name } = connector.metadata;
    const { changes, ports } = this.ground;
    const config = connectorConfig(connector);
    const set = (key: string, to: string) => {
      config[key] = changes.value("connect/connector", key, config[key], to);
    };
    set("database.hostname", "127.0.0.1");
    set("database.port", String(ports.postgres));
    let why = "";
    const taken = async () => {
      const answer = await fetch(`http://${this.ground.at("connect")}/connectors/${name}/config`, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(config),
      });
      if (answer.ok) return true;
      why = `${answer.status} ${await answer.text()}`;
      // A worker that has just started has no leader yet.
      if (answer.status !== 409 && answer.status < 500) throw new Error(`connector ${name}: ${why}`);
      return false;
    };
    await until(`connector ${name} is set`, taken, { every: 300, explain: () => Promise.resolve(why) });
  }
}
