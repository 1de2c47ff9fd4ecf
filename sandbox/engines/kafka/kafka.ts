import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { connects } from "../connects";
import { Engine } from "../engine";
import type { Ground, Place } from "../ground";
import { javaHome } from "../java-home";
import { authority, identity, makeCertificates } from "./certificates";
import { KafkaClient, type Properties, propertyLines } from "./client";
import { command } from "../obtain/command";

interface Listener {
  readonly name: string;
  readonly port: number;
  readonly tls: boolean;
  readonly authentication: { readonly type: string };
}

interface Cluster {
  readonly spec: {
    readonly kafka: {
      readonly listeners: readonly Listener[];
      readonly authorization: { readonly type: string };
      readonly config: Properties;
      readonly metricsConfig: { readonly valueFrom: { readonly configMapKeyRef: { name: string; key: string } } };
    };
  };
}

interface NodePool {
  readonly spec: { readonly roles: readonly string[]; readonly jvmOptions: Readonly<Record<string, string>> };
}

interface User {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly authentication: {
      readonly password: { readonly valueFrom: { readonly secretKeyRef: { name: string; key: string } } };
    };
    readonly authorization: { readonly acls: readonly object[] };
  };
}

export interface Kafka {
  readonly engine: Engine;
  /** The operator's client: it signs in with its certificate and has all rights. */
  readonly admin: KafkaClient;
}

const OPERATOR = "cluster-operator";
const CONTROL = "CONTROLPLANE-9090";
const REPLICATION = "REPLICATION-9091";
/** ID of the only node. */
const NODE = 0;

/** Starts one node from the rendered Kafka and KafkaNodePool, configured as the operator does, then makes users, ACLs and topics. */
export async function startKafka(ground: Ground, name = "kafka"): Promise<Kafka> {
  const { rendered, tools } = ground;
  const { spec } = rendered.object("KafkaNodePool", "combined") as unknown as NodePool;
  const { kafka } = (rendered.object("Kafka", "kafka") as unknown as Cluster).spec;
  await makeCertificates(ground, ["kafka", OPERATOR]);
  const file = ground.path(name, "server.properties");
  const data = ground.folder(name, "data");
  writeFileSync(file, propertyLines(serverProperties(ground, kafka, spec.roles, data)));
  const java = [`${javaHome(17, 18)}/bin/java`];
  const classes = ["-cp", `${tools.kafka}/*`];
  // The cluster ID is arbitrary. What an earlier start has made stays.
  if (!existsSync(join(data, "meta.properties")))
    await command([
      ...java,
      ...classes,
      "kafka.tools.StorageTool",
      "format",
      "-t",
      "MkU3OEVBNTcwNTJENDM2Qg",
      "-c",
      file,
    ]);
  const metrics = () => metricsAgent(ground, kafka.metricsConfig.valueFrom.configMapKeyRef, name, "kafkaMetrics");
  const container = () => ({
    name,
    command: [...java, ...jvmOptions(spec.jvmOptions), metrics(), ...classes, "kafka.Kafka", file],
    ready: () => connects(ground.ports.kafkaReplication),
  });
  // Only the metrics' address changes with the pod: clients reach a node by a stable name, which is in its certificate.
  const engine = await Engine.start(ground.run, container, { readdress: () => ground.readdress("kafkaMetrics") });
  const admin = KafkaClient.with(ground, OPERATOR, {
    "bootstrap.servers": ground.at("kafkaReplication"),
    ...byCertificate(ground, OPERATOR),
  });
  await admin.apply({ users: users(ground), topics: topics(ground) });
  return { engine, admin };
}

/** JVM options as Strimzi's resources have them. */
export const jvmOptions = (options: Readonly<Record<string, string>>): string[] =>
  Object.entries(options).map(([option, value]) => `${option}${value}`);

/** JVM option of the metrics agent with the rendered rules, which Strimzi passes to every node. */
export function metricsAgent(ground: Ground, key: { name: string; key: string }, folder: string, at: Place): string {
  const rules = ground.path(folder, key.key);
  writeFileSync(rules, ground.rendered.configMap(key.name)[key.key] ?? "");
  return `-javaagent:${ground.tools.jmxExporter}=${ground.at(at)}:${rules}`;
}

function byCertificate(ground: Ground, name: string): Record<string, string> {
  return {
    "security.protocol": "SSL",
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": identity(ground, name),
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": authority(ground),
  };
}

/** Server properties, as the operator derives them from the Kafka: its own two listeners with mutual TLS, and the rendered ones. */
function serverProperties(ground: Ground, kafka: Cluster["spec"]["kafka"], roles: readonly string[], data: string) {
  const places: Readonly<Record<string, Place>> = { plain: "kafkaPlain", tls: "kafka" };
  const clients = kafka.listeners.map(({ name, port, tls, authentication }) => {
    if (authentication.type !== "scram-sha-512")
      throw new Error(`listener ${name}: authentication ${authentication.type} is not supported`);
    const place = places[name];
    if (place === undefined) throw new Error(`listener ${name} has no port here`);
    ground.changes.value("kafka/listeners", name, String(port), String(ground.ports[place]));
    const id = `${name.toUpperCase()}-${port}`;
    return { id, at: ground.at(place), protocol: tls ? "SASL_SSL" : "SASL_PLAINTEXT" };
  });
  const own = [
    { id: CONTROL, at: ground.at("kafkaControl"), protocol: "SSL" },
    { id: REPLICATION, at: ground.at("kafkaReplication"), protocol: "SSL" },
  ];
  const listening = (all: readonly { id: string; at: string }[]) => all.map(({ id, at }) => `${id}://${at}`).join(",");
  const everyone = [...own, ...clients];
  const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
  if (kafka.authorization.type !== "simple")
    throw new Error(`authorization ${kafka.authorization.type} is not supported`);
  return {
    "node.id": NODE,
    "process.roles": roles.join(","),
    "log.dirs": data,
    "listeners": listening(everyone),
    "advertised.listeners": listening(everyone.filter(({ id }) => id !== CONTROL)),
    "listener.security.protocol.map": everyone.map(({ id, protocol }) => `${id}:${protocol}`).join(","),
    "controller.listener.names": CONTROL,
    "controller.quorum.voters": `${NODE}@${ground.at("kafkaControl")}`,
    "inter.broker.listener.name": REPLICATION,
    "sasl.enabled.mechanisms": "",
    ...Object.fromEntries(
      clients.flatMap(({ id }) => [
        [`listener.name.${id.toLowerCase()}.sasl.enabled.mechanisms`, "SCRAM-SHA-512"],
        [`listener.name.${id.toLowerCase()}.scram-sha-512.sasl.jaas.config`, scram],
      ]),
    ),
    ...Object.fromEntries(own.map(({ id }) => [`listener.name.${id.toLowerCase()}.ssl.client.auth`, "required"])),
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": identity(ground, "kafka"),
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": authority(ground),
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": ["kafka", OPERATOR].map((name) => `User:CN=${name},O=io.strimzi`).join(";"),
    ...kafka.config,
  };
}

/** The rendered users, with the passwords that Strimzi would read, and their ACLs. */
function users({ rendered }: Ground): object[] {
  return rendered.objects<User>("KafkaUser").map(({ metadata, spec }) => {
    const { name, key } = spec.authentication.password.valueFrom.secretKeyRef;
    return { name: metadata.name, password: rendered.secret(name, key), acls: spec.authorization.acls };
  });
}

const topics = ({ rendered }: Ground): object[] =>
  rendered.objects<{ spec: object }>("KafkaTopic").map(({ spec }) => spec);
