import { ofKind, type StackObject, type StandIn } from "../../core/composition";
import { fromSecret, passwordVariable, type SecretKey, server, SETUP, setup, variable } from "../../core/stand-in";
import { CLUSTER, podLabels } from "./pods";
import { adminScript, type Topic, type User } from "./setup";
import { REPLICATION_PORT, CONTROLLER_PORT } from "./config";

/** Kafka without Strimzi: one node that is broker and controller, from the rendered Kafka and its node pool. */

interface Listener {
  readonly name: string;
  readonly port: number;
  readonly tls: boolean;
  readonly authentication?: { readonly type: string };
}

interface Cluster {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly kafka: {
      readonly image: string;
      readonly listeners: readonly Listener[];
      readonly config: Readonly<Record<string, string | number | boolean>>;
    };
  };
}

interface NodePool {
  readonly spec: {
    readonly jvmOptions: Readonly<Record<string, string>>;
    readonly resources: object;
    readonly storage: { readonly volumes: readonly { readonly size: string }[] };
  };
}

interface UserObject {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly authentication: { readonly password: { readonly valueFrom: { readonly secretKeyRef: SecretKey } } };
    readonly authorization: { readonly acls: User["acls"] };
  };
}

/** The user of Strimzi's images, whose files belong to group 0. */
const USER = 1001;
const GROUP = 0;
const HOME = "/opt/kafka/bin";
const CONF = "/opt/lakehouse/kafka";
const DATA = "/var/lib/kafka";
const CONTROL = `CONTROLPLANE-${String(CONTROLLER_PORT)}`;
const OWN = `REPLICATION-${String(REPLICATION_PORT)}`;
/** The administrator's address: open within the container alone, where nobody signs in. */
const ADMIN = `127.0.0.1:${String(REPLICATION_PORT)}`;
/** An ID is needed, and names nothing. */
const CLUSTER_ID = "MkU3OEVBNTcwNTJENDM2Qg";

const START = `${HOME}/kafka-storage.sh format --ignore-formatted --cluster-id ${CLUSTER_ID} --config ${CONF}/server.properties
exec ${HOME}/kafka-server-start.sh ${CONF}/server.properties`;

const LOG4J = `rootLogger.level = INFO
rootLogger.appenderRefs = console
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %m (%c)%n
`;

export function standIns(objects: readonly StackObject[]): readonly StandIn[] {
  const [cluster] = ofKind<Cluster>(objects, "Kafka");
  const [pool] = ofKind<NodePool>(objects, "KafkaNodePool");
  if (cluster === undefined || pool === undefined) return [];
  const users = ofKind<UserObject>(objects, "KafkaUser");
  const topics = ofKind<{ readonly spec: Topic }>(objects, "KafkaTopic");
  return [
    { of: [cluster, pool], objects: serverOf(cluster, pool) },
    {
      of: [...users, ...topics],
      objects: setupOf(
        cluster,
        users,
        topics.map(({ spec }) => spec),
      ),
    },
  ];
}

const host = ({ metadata }: Cluster) => `${metadata.name}-kafka-bootstrap`;

function serverOf(cluster: Cluster, { spec }: NodePool): StackObject[] {
  const { metadata, spec: own } = cluster;
  const { image, config } = own.kafka;
  const listeners = withoutTls(own.kafka.listeners);
  const heap = Object.entries(spec.jvmOptions).map(([option, value]) => `${option}${value}`);
  return server({
    service: CLUSTER,
    namespace: metadata.namespace,
    labels: podLabels("node"),
    image,
    user: USER,
    group: GROUP,
    command: ["/bin/bash", "-ec"],
    args: [START],
    env: [
      variable("KAFKA_HEAP_OPTS", heap.join(" ")),
      variable("KAFKA_LOG4J_OPTS", `-Dlog4j2.configurationFile=${CONF}/log4j2.properties`),
      variable("LOG_DIR", "/tmp/logs"),
    ],
    ports: Object.fromEntries(listeners.map(({ name, port }) => [name, port])),
    resources: spec.resources,
    files: {
      [CONF]: {
        "server.properties": lines(serverProperties(listeners, config, `${host(cluster)}.${metadata.namespace}.svc`)),
        "log4j2.properties": LOG4J,
      },
    },
    scratch: { "/tmp": "64Mi" },
    data: { path: DATA, size: spec.storage.volumes[0]?.size ?? "1Gi" },
    names: [host(cluster)],
    ready: ["/bin/bash", "-c", `exec 3<> /dev/tcp/${ADMIN.replace(":", "/")}`],
  });
}

/** Nobody makes certificates here: the networks are this machine's own. */
const withoutTls = (listeners: readonly Listener[]) => listeners.filter(({ tls }) => !tls);

/** As Strimzi derives them from the Kafka, with its own two listeners open within the container alone. */
export function serverProperties(
  listeners: readonly Listener[],
  config: Readonly<Record<string, string | number | boolean>>,
  address: string,
): Record<string, string | number | boolean> {
  const clients = listeners.map(({ name, port, authentication }) => {
    if (authentication?.type !== "scram-sha-512")
      throw new Error(`listener ${name}: authentication ${authentication?.type ?? "none"} is not supported`);
    return { id: `${name.toUpperCase()}-${String(port)}`, port };
  });
  const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
  const own = [
    [CONTROL, CONTROLLER_PORT],
    [OWN, REPLICATION_PORT],
  ] as const;
  return {
    "node.id": 0,
    "process.roles": "controller,broker",
    "log.dirs": `${DATA}/data-0`,
    "listeners": [
      ...own.map(([id, port]) => `${id}://127.0.0.1:${String(port)}`),
      ...clients.map(({ id, port }) => `${id}://:${String(port)}`),
    ].join(","),
    "advertised.listeners": [
      `${OWN}://${ADMIN}`,
      ...clients.map(({ id, port }) => `${id}://${address}:${String(port)}`),
    ].join(","),
    "listener.security.protocol.map": [
      ...own.map(([id]) => `${id}:PLAINTEXT`),
      ...clients.map(({ id }) => `${id}:SASL_PLAINTEXT`),
    ].join(","),
    "controller.listener.names": CONTROL,
    "controller.quorum.voters": `0@127.0.0.1:${String(CONTROLLER_PORT)}`,
    "inter.broker.listener.name": OWN,
    ...Object.fromEntries(
      clients.flatMap(({ id }) => [
        [`listener.name.${id.toLowerCase()}.sasl.enabled.mechanisms`, "SCRAM-SHA-512"],
        [`listener.name.${id.toLowerCase()}.scram-sha-512.sasl.jaas.config`, scram],
      ]),
    ),
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "super.users": "User:ANONYMOUS",
    ...config,
  };
}

export const lines = (properties: Readonly<Record<string, string | number | boolean>>): string =>
  Object.entries(properties)
    .map(([key, value]) => `${key}=${String(value)}\n`)
    .join("");

function setupOf({ metadata, spec }: Cluster, users: readonly UserObject[], topics: readonly Topic[]): StackObject[] {
  const all = users.map(({ metadata: { name }, spec: { authorization } }): User => ({
    name,
    variable: passwordVariable(name),
    acls: authorization.acls,
  }));
  return setup({
    service: CLUSTER,
    namespace: metadata.namespace,
    image: spec.kafka.image,
    user: USER,
    group: GROUP,
    command: ["/bin/bash", "-eu", `${SETUP}/setup.sh`],
    env: [
      variable("KAFKA_HEAP_OPTS", "-Xmx128m"),
      variable("KAFKA_LOG4J_OPTS", "-Dlog4j2.level=ERROR"),
      variable("LOG_DIR", "/tmp/logs"),
      ...users.map(({ metadata: { name }, spec: { authentication } }) =>
        fromSecret(passwordVariable(name), authentication.password.valueFrom.secretKeyRef),
      ),
    ],
    files: { "setup.sh": adminScript(HOME, ADMIN, all, topics) },
    server: podLabels("node"),
    inside: true,
    memory: "384Mi",
  });
}
