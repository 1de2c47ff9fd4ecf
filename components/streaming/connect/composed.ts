import { ofKind, type StackObject, type StandIn } from "../../core/composition";
import { fromSecret, server, SETUP, setup, variable, type Variable } from "../../core/stand-in";
import { lines } from "../kafka/composed";
import { CONNECT, PLUGIN_FOLDER, PLUGIN_VOLUME, REST_PORT, WORKER_LABELS } from "./config";

/** Kafka Connect without Strimzi: one worker from the rendered KafkaConnect, and its connectors by its own API. */

type Config = Readonly<Record<string, string | number | boolean>>;

export interface Workers {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly image: string;
    readonly bootstrapServers: string;
    readonly groupId: string;
    readonly configStorageTopic: string;
    readonly offsetStorageTopic: string;
    readonly statusStorageTopic: string;
    readonly authentication: {
      readonly username: string;
      readonly passwordSecret: { readonly secretName: string; readonly password: string };
    };
    readonly config: Config;
    readonly jvmOptions: Readonly<Record<string, string>>;
    readonly resources: object;
    readonly template: {
      readonly pod: {
        readonly volumes?: readonly { readonly name: string; readonly image?: { readonly reference: string } }[];
      };
      readonly connectContainer: { readonly env: readonly Variable[] };
    };
  };
}

export interface Connector {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly class: string; readonly tasksMax: number; readonly config: Config };
}

/** The user of Strimzi's images, whose files belong to group 0. */
const USER = 1001;
const GROUP = 0;
const HOME = "/opt/kafka";
const CONF = "/opt/lakehouse/connect";
/** The worker's password, which its file names. */
export const PASSWORD = "CONNECT_PASSWORD";

export function standIns(objects: readonly StackObject[]): readonly StandIn[] {
  const [workers] = ofKind<Workers>(objects, "KafkaConnect");
  if (workers === undefined) return [];
  const connectors = ofKind<Connector>(objects, "KafkaConnector");
  return [
    { of: [workers], objects: worker(workers) },
    ...(connectors.length === 0 ? [] : [{ of: connectors, objects: setupOf(workers, connectors) }]),
  ];
}

const host = ({ metadata }: Workers) => `${metadata.name}-connect-api`;

function worker(workers: Workers): StackObject[] {
  const { metadata, spec } = workers;
  const { passwordSecret: secret } = spec.authentication;
  const { volumes = [] } = spec.template.pod;
  const debezium = volumes.find(({ name }) => name === PLUGIN_VOLUME.name)?.image;
  const heap = Object.entries(spec.jvmOptions).map(([option, value]) => `${option}${value}`);
  return server({
    service: CONNECT,
    namespace: metadata.namespace,
    labels: WORKER_LABELS,
    image: spec.image,
    user: USER,
    group: GROUP,
    command: [`${HOME}/bin/connect-distributed.sh`],
    args: [`${CONF}/worker.properties`],
    env: [
      variable("KAFKA_HEAP_OPTS", heap.join(" ")),
      variable("LOG_DIR", "/tmp/logs"),
      fromSecret(PASSWORD, { name: secret.secretName, key: secret.password }),
      ...spec.template.connectContainer.env,
    ],
    ports: { rest: REST_PORT },
    resources: spec.resources,
    files: { [CONF]: { "worker.properties": lines(workerProperties(workers)) } },
    scratch: { "/tmp": "64Mi" },
    // Docker mounts no images.
    ...(debezium === undefined
      ? {}
      : {
          copies: [
            {
              name: PLUGIN_VOLUME.name,
              image: debezium.reference,
              folder: PLUGIN_FOLDER,
              below: PLUGIN_VOLUME.mountPath,
              size: "256Mi",
            },
          ],
        }),
    names: [host(workers)],
    ready: ["/bin/bash", "-c", `exec 3<> /dev/tcp/127.0.0.1/${String(REST_PORT)}`],
  });
}

/** As Strimzi derives them from the KafkaConnect. */
export function workerProperties({ spec }: Pick<Workers, "spec">): Config {
  const { username } = spec.authentication;
  const access = {
    "security.protocol": "SASL_PLAINTEXT",
    "sasl.mechanism": "SCRAM-SHA-512",
    "sasl.jaas.config": `org.apache.kafka.common.security.scram.ScramLoginModule required username="${username}" password="\${strimzienv:${PASSWORD}}";`,
  };
  return {
    ...spec.config,
    "bootstrap.servers": spec.bootstrapServers,
    "group.id": spec.groupId,
    "config.storage.topic": spec.configStorageTopic,
    "offset.storage.topic": spec.offsetStorageTopic,
    "status.storage.topic": spec.statusStorageTopic,
    "listeners": `http://0.0.0.0:${String(REST_PORT)}`,
    "plugin.path": `${HOME}/plugins`,
    "config.providers": "strimzienv",
    "config.providers.strimzienv.class": "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
    ...Object.fromEntries(
      ["", "producer.", "consumer.", "admin."].flatMap((prefix) =>
        Object.entries(access).map(([key, value]) => [`${prefix}${key}`, value]),
      ),
    ),
  };
}

/** What Connect's API takes. */
export const connectorConfig = ({ spec }: Connector): Record<string, string> => ({
  "connector.class": spec.class,
  "tasks.max": String(spec.tasksMax),
  ...Object.fromEntries(Object.entries(spec.config).map(([key, value]) => [key, String(value)])),
});

/** A worker that has just started has no leader yet, and says so; what it refuses ends the task. */
export const setupScript = (url: string, names: readonly string[]): string =>
  [
    `for name in ${names.join(" ")}; do`,
    "  while true; do",
    "    code=\"$(curl --silent --show-error --max-time 60 --output /tmp/answer --write-out '%{http_code}' --request PUT \\",
    `      --header 'Content-Type: application/json' --data-binary @${SETUP}/$name.json "${url}/connectors/$name/config")" || true`,
    '    case "$code" in',
    '      20?) echo "$name"; break ;;',
    "      409 | 5?? | 000) sleep 2 ;;",
    '      *) echo "$name: $code $(cat /tmp/answer)" >&2; exit 1 ;;',
    "    esac",
    "  done",
    "done",
    "",
  ].join("\n");

function setupOf(workers: Workers, connectors: readonly Connector[]): StackObject[] {
  const { metadata, spec } = workers;
  const names = connectors.map(({ metadata: { name } }) => name);
  const files = connectors.map(
    (each) => [`${each.metadata.name}.json`, JSON.stringify(connectorConfig(each), undefined, 2)] as const,
  );
  return setup({
    service: CONNECT,
    namespace: metadata.namespace,
    image: spec.image,
    user: USER,
    group: GROUP,
    command: ["/bin/bash", "-eu", `${SETUP}/setup.sh`],
    env: [],
    files: {
      "setup.sh": setupScript(`http://${host(workers)}.${metadata.namespace}.svc:${String(REST_PORT)}`, names),
      ...Object.fromEntries(files),
    },
    server: WORKER_LABELS,
  });
}
