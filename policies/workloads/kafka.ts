import { Field } from "../core/field";
import { type Labels, labelsOf } from "../core/labels";
import { parseQuantity } from "../core/quantity";
import type { Resource } from "../core/resource";
import { resources } from "./pods";
import type { Container, ImpliedNeed, Listener, Workload } from "./types";

/** What Strimzi makes of its custom resources (1.2, `cluster-operator`'s model). */

const GROUP = "kafka.strimzi.io";
const CLUSTER = "strimzi.io/cluster";
/** Controllers, replication and Strimzi's tools, the agent that its operator asks, Kafka Connect's interface. */
const [CONTROL_PLANE, REPLICATION, AGENT, REST] = [9090, 9091, 8443, 8083];
const METRICS: Listener = { name: "tcp-prometheus", port: 9404 };
const SECRETS: ImpliedNeed = { to: "api-server", why: "it reads its certificates and users from the Kubernetes API" };

interface Made {
  readonly resource: Resource;
  readonly role: string;
  readonly replicas: number;
  /** By a Deployment, which adds a new pod before an old one goes unless it recreates them. @default by Strimzi itself */
  readonly deployment?: boolean;
  readonly labels: Labels;
  /** The block of Strimzi's template for these pods. */
  readonly template: Field;
  readonly containers: readonly Container[];
  readonly listeners: readonly Listener[];
  readonly implied: readonly ImpliedNeed[];
}

function workload({ template, resource, deployment = false, ...made }: Made): Workload {
  const pod = template.at("pod");
  const recreated = !deployment || template.at("deployment", "deploymentStrategy").is("Recreate");
  return {
    ...made,
    resource,
    surge: recreated ? 0 : 1,
    lifetime: "always",
    namespace: resource.namespace,
    // Strimzi lets nobody write the recommended labels.
    labelsField: undefined,
    serviceAccount: undefined,
    spec: undefined,
    security: pod.at("securityContext"),
    volumes: pod.at("volumes").items,
    configMaps: [],
    affinity: pod.at("affinity"),
    nodeSelector: Field.made(undefined, ""),
    tolerations: pod.at("tolerations"),
    priorityClass: pod.at("priorityClassName").text,
    texts: [],
  };
}

function container(name: string, field: Field, image: Field, security: Field): Container {
  return { name, kind: "main", field, image, ...resources(field.at("resources")), security };
}

/** Labels of a resource go to its pods, but for the recommended ones, which are Strimzi's own. */
function strimziLabels(resource: Resource, cluster: string | undefined, component: string, name: string): Labels {
  const own = labelsOf(resource.root.at("metadata", "labels"));
  return (
    own && {
      ...Object.fromEntries(Object.entries(own).filter(([key]) => !key.startsWith("app.kubernetes.io/"))),
      "app.kubernetes.io/name": name,
      "app.kubernetes.io/instance": cluster ?? null,
      "app.kubernetes.io/part-of": `strimzi-${cluster ?? ""}`,
      "app.kubernetes.io/managed-by": "strimzi-cluster-operator",
      [CLUSTER]: cluster ?? null,
      "strimzi.io/kind": resource.kind === "KafkaNodePool" ? "Kafka" : resource.kind,
      "strimzi.io/name": `${cluster ?? ""}-${component}`,
    }
  );
}

/** Brokers, controllers, or nodes that are both. Their listeners for clients are in the Kafka resource. */
export function kafkaNodePool(resource: Resource): Workload[] {
  const spec = resource.root.at("spec");
  const template = spec.at("template");
  const cluster = resource.root.at("metadata", "labels", CLUSTER).text;
  const roles = spec.at("roles").items.map(({ text }) => text);
  const [broker, controller] = [roles.includes("broker"), roles.includes("controller")];
  const listeners = [
    ...(controller ? [{ name: "tcp-ctrlplane", port: CONTROL_PLANE }] : []),
    ...(broker ? [{ name: "tcp-replication", port: REPLICATION }] : []),
    { name: "tcp-kafkaagent", port: AGENT },
  ];
  const nodes = (role: string) => ({ [CLUSTER]: cluster ?? "", [`strimzi.io/${role}-role`]: "true" });
  const labels = strimziLabels(resource, cluster, "kafka", "kafka");
  return [
    {
      ...workload({
        resource,
        role: "",
        replicas: spec.at("replicas").number ?? 1,
        labels: labels && {
          ...labels,
          "strimzi.io/pool-name": resource.name,
          "strimzi.io/broker-role": String(broker),
          "strimzi.io/controller-role": String(controller),
        },
        template,
        containers: [
          container("kafka", spec, Field.made(undefined, ""), template.at("kafkaContainer", "securityContext")),
        ],
        listeners: [...listeners, METRICS],
        implied: [
          SECRETS,
          {
            from: "operator",
            of: GROUP,
            ports: listeners.map(({ port }) => port),
            why: "restarts nodes only when Kafka says that it may",
          },
          { to: "pods", labels: nodes("controller"), ports: [CONTROL_PLANE], why: "every node asks the controllers" },
          ...(broker
            ? [
                {
                  to: "pods" as const,
                  labels: nodes("broker"),
                  ports: [REPLICATION],
                  why: "brokers copy from each other",
                },
              ]
            : []),
        ],
      }),
      claims: spec.get("storage.volumes").items.map((one) => {
        const field = one.at("size");
        return { field, size: parseQuantity(field.value), storageClass: one.at("class").text };
      }),
    },
  ];
}

/** The operators of topics and users, and the exporter; nodes are in their pools. */
export function kafka(resource: Resource): Workload[] {
  const spec = resource.root.at("spec");
  const cluster = resource.name;
  const brokers = { [CLUSTER]: cluster, "strimzi.io/broker-role": "true" };
  const uses = (why: string): ImpliedNeed => ({ to: "pods", labels: brokers, ports: [REPLICATION], why });
  const operator = spec.at("entityOperator");
  const exporter = spec.at("kafkaExporter");
  const common = { resource, replicas: 1, deployment: true };
  return [
    ...(operator.absent
      ? []
      : [
          workload({
            ...common,
            role: "entity-operator",
            labels: strimziLabels(resource, cluster, "entity-operator", "entity-operator"),
            template: operator.at("template"),
            containers: ["topic", "user"].map((kind) => {
              const field = operator.at(`${kind}Operator`);
              const security = operator.at("template", `${kind}OperatorContainer`, "securityContext");
              return container(`${kind}-operator`, field, field.at("image"), security);
            }),
            listeners: [
              { name: "healthcheck-to", port: 8080 },
              { name: "healthcheck-uo", port: 8081 },
            ],
            implied: [SECRETS, uses("it makes topics and users in Kafka")],
          }),
        ]),
    ...(exporter.absent
      ? []
      : [
          workload({
            ...common,
            role: "exporter",
            labels: strimziLabels(resource, cluster, "kafka-exporter", "kafka-exporter"),
            template: exporter.at("template"),
            containers: [
              container(
                "kafka-exporter",
                exporter,
                exporter.at("image"),
                exporter.at("template", "container", "securityContext"),
              ),
            ],
            listeners: [METRICS],
            implied: [uses("it reads how far consumers are")],
          }),
        ]),
  ];
}

/** Workers of Kafka Connect. What their connectors connect to is in the connectors' own resources. */
export function kafkaConnect(resource: Resource): Workload[] {
  const spec = resource.root.at("spec");
  const replicas = spec.at("replicas").number ?? 1;
  const template = spec.at("template");
  const why = "hands connectors to the workers by their interface";
  return [
    {
      ...workload({
        resource,
        role: "",
        replicas,
        labels: strimziLabels(resource, resource.name, "connect", "kafka-connect"),
        template,
        containers: [container("connect", spec, spec.at("image"), template.at("connectContainer", "securityContext"))],
        listeners: [{ name: "rest-api", port: REST }, METRICS],
        implied: [
          SECRETS,
          { from: "operator", of: GROUP, ports: [REST], why },
          ...(replicas > 1
            ? [{ to: "role" as const, role: "", ports: [REST], why: "workers hand requests on to their leader" }]
            : []),
        ],
      }),
      texts: [spec],
      reads: [{ key: `${GROUP}/KafkaConnector`, label: [CLUSTER, resource.name] }],
    },
  ];
}
