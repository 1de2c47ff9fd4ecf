import { type Labels, labelsOf } from "../core/labels";
import { fillAll } from "../workloads/text";
import type { Need, Operator, Place, Pods, Port } from "./types";

/** Pods that Strimzi makes (1.2, model of `cluster-operator`). It sets the recommended labels itself. */

const CLUSTER = "strimzi.io/cluster";
const CONTROL_PLANE: Port = { name: "tcp-ctrlplane", port: 9090, when: "spec.roles[=controller]" };
/** Brokers and Strimzi's own tools connect here. */
const REPLICATION: Port = { name: "tcp-replication", port: 9091 };
const OF_BROKERS: Port = { ...REPLICATION, when: "spec.roles[=broker]" };
/** The agent of a node, which the operator calls. */
const AGENT: Port = { name: "tcp-kafkaagent", port: 8443 };
const REST: Port = { name: "rest-api", port: 8083 };
const METRICS: Port = { name: "tcp-prometheus", port: 9404 };

const SECRETS: Need = { to: "api-server", why: "it reads its certificates and users from the Kubernetes API" };
/** Labels of the brokers, for records of `Kafka`. */
const BROKERS = { [CLUSTER]: "{name}", "strimzi.io/broker-role": "true" };
/** Name of the cluster, for records of `KafkaNodePool`. */
const OF_POOL = `{metadata.labels["${CLUSTER}"]}`;
const nodes = (role: string) => ({ [CLUSTER]: OF_POOL, [`strimzi.io/${role}-role`]: "true" });
const uses = (why: string): Need => ({ to: "pods", labels: BROKERS, ports: [REPLICATION], why });

/** Settings of all pods of Strimzi. */
const COMMON = {
  judged: false,
  pod: ".template.pod",
  annotationsAt: ".template.pod.metadata.annotations",
  texts: [],
} satisfies Pods;
/** Pods of a Deployment. A rolling update adds one, unless the strategy is Recreate. */
const DEPLOYED = {
  ...COMMON,
  replicas: 1,
  surge: { strategy: ".template.deployment.deploymentStrategy", defaultSurge: 1 },
} satisfies Pods;

export const strimzi: Operator = {
  kinds: {
    /** The topic and user operators, and the exporter. Nodes are in `KafkaNodePool`. */
    "kafka.strimzi.io/Kafka": {
      holdsData: "elsewhere",
      pods: [
        {
          ...DEPLOYED,
          at: "spec.entityOperator",
          when: ".",
          role: "entity-operator",
          labels: labels("Kafka", "{name}", "entity-operator"),
          containers: ["topic", "user"].map((kind) => ({
            name: `${kind}-operator`,
            at: `.${kind}Operator`,
            security: `.template.${kind}OperatorContainer.securityContext`,
            heap: `.${kind}Operator.jvmOptions["-Xmx"]`,
          })),
          ports: [
            { name: "healthcheck-to", port: 8080 },
            { name: "healthcheck-uo", port: 8081 },
          ],
          needs: [SECRETS, uses("it makes topics and users in Kafka")],
        },
        {
          ...DEPLOYED,
          at: "spec.kafkaExporter",
          when: ".",
          role: "exporter",
          labels: labels("Kafka", "{name}", "kafka-exporter"),
          containers: [{ name: "kafka-exporter", security: ".template.container.securityContext" }],
          ports: [METRICS],
          needs: [uses("it reads the offsets of consumers")],
        },
      ],
      // The bootstrap Service of all brokers.
      services: [
        {
          name: "{name}-kafka-bootstrap",
          ports: [{ port: 9091 }, { at: "spec.kafka.listeners[*].port" }],
          pods: BROKERS,
        },
      ],
      doors: [
        {
          is: "listener",
          at: "spec.kafka.listeners[*]",
          pods: BROKERS,
          exposed: ["nodeport", "loadbalancer"],
          inside: ["internal", "cluster-ip"],
        },
      ],
    },

    /** Brokers, controllers, or nodes with both roles. Listeners for clients are in `Kafka`. */
    "kafka.strimzi.io/KafkaNodePool": {
      holdsData: "in its pods",
      pods: {
        ...COMMON,
        labels: labels("Kafka", OF_POOL, "kafka", (place) => {
          const roles = place.block.at("roles").items.map(({ text }) => text);
          return {
            "strimzi.io/pool-name": "{name}",
            "strimzi.io/broker-role": String(roles.includes("broker")),
            "strimzi.io/controller-role": String(roles.includes("controller")),
          };
        }),
        containers: [
          { name: "kafka", security: ".template.kafkaContainer.securityContext", heap: '.jvmOptions["-Xmx"]' },
        ],
        claims: [{ at: "spec.storage.volumes[*]", size: ".size", storageClass: ".class" }],
        ports: [CONTROL_PLANE, OF_BROKERS, AGENT, METRICS],
        needs: [
          SECRETS,
          { from: "operator", ports: [CONTROL_PLANE, OF_BROKERS, AGENT], why: "asks Kafka before it restarts a node" },
          {
            to: "pods",
            labels: nodes("controller"),
            ports: [{ port: 9090 }],
            why: "every node reads cluster metadata from the controllers",
          },
          { to: "pods", labels: nodes("broker"), ports: [OF_BROKERS], why: "brokers replicate from each other" },
        ],
      },
    },

    /** Workers connect to the hosts in the KafkaConnectors, which are resources of their own. */
    "kafka.strimzi.io/KafkaConnect": {
      pods: {
        ...COMMON,
        labels: labels("KafkaConnect", "{name}", "connect", () => ({ "app.kubernetes.io/name": "kafka-connect" })),
        containers: [
          { name: "connect", security: ".template.connectContainer.securityContext", heap: '.jvmOptions["-Xmx"]' },
        ],
        ports: [REST, METRICS],
        texts: "spec",
        reads: [{ kind: "kafka.strimzi.io/KafkaConnector", label: [CLUSTER, "{name}"] }],
        needs: [
          SECRETS,
          { from: "operator", ports: [REST], why: "creates connectors through the workers' REST API" },
          { to: "role", role: "", ports: [REST], why: "workers forward requests to their leader" },
        ],
      },
      services: [{ name: "{name}-connect-api", ports: [REST] }],
    },

    "kafka.strimzi.io/KafkaTopic": { pods: [], holdsData: "elsewhere" },
  },

  /** `KafkaBridge`, `KafkaMirrorMaker2` and `StrimziPodSet` make pods that the pack does not read, so they are refused. */
  podless: { "kafka.strimzi.io": ["KafkaConnector", "KafkaRebalance", "KafkaUser"] },

  charts: {
    "strimzi-kafka-operator": {
      operator: true,
      operates: "kafka.strimzi.io",
      pods: [
        {
          replicas: "replicas",
          labelsAt: "labels",
          labels: { "name": "strimzi-cluster-operator", "strimzi.io/kind": "cluster-operator" },
          strategy: "deploymentStrategy",
          ports: [{ name: "http", port: 8080 }],
        },
      ],
    },
  },
};

/** Labels of the pods: those of the resource without the recommended ones, and Strimzi's own. */
function labels(
  kind: string,
  cluster: string,
  component: string,
  more: (place: Place) => Readonly<Record<string, string>> = () => ({}),
): (place: Place) => Labels {
  return (place) => {
    const own = labelsOf(place.root.at("metadata", "labels"));
    return (
      own && {
        ...Object.fromEntries(Object.entries(own).filter(([key]) => !key.startsWith("app.kubernetes.io/"))),
        ...fillAll(
          {
            "app.kubernetes.io/name": component,
            "app.kubernetes.io/instance": cluster,
            "app.kubernetes.io/part-of": `strimzi-${cluster}`,
            "app.kubernetes.io/managed-by": "strimzi-cluster-operator",
            [CLUSTER]: cluster,
            "strimzi.io/kind": kind,
            "strimzi.io/name": `${cluster}-${component}`,
            ...more(place),
          },
          place,
        ),
      }
    );
  };
}
