import { first, type Path } from "../core/path";
import { parseJvmMemory, parseQuantity, type Quantity } from "../core/quantity";
import type { Amounts } from "../workloads/types";
import type { Need, Operator, Place, Pods, Port } from "./types";

/** The JobManager and the TaskManagers of Apache's operator for Flink. */

type Role = "jobManager" | "taskManager";

const MAIN = "flink-main-container";
/** Names of the roles in Flink's labels. */
const COMPONENT: Readonly<Record<Role, string>> = { jobManager: "jobmanager", taskManager: "taskmanager" };

/** A port with a setting. Without a default number it is random until it is set. */
const port = (name: string, key: string, number = 0): Port => ({ name, port: number, at: setting(key) });
const setting = (key: string): Path => `spec.flinkConfiguration["${key}"]`;

const REST: Port = { name: "rest", port: 8081 };
const RPC = port("jobmanager-rpc", "jobmanager.rpc.port", 6123);
const BLOBS = port("blobserver", "blob.server.port", 6124);
const TASKS = port("taskmanager-rpc", "taskmanager.rpc.port", 6122);
const DATA = port("", "taskmanager.data.port");
const METRICS = port("", "metrics.internal.query-service.port");

const WHY_API = "Flink elects its leader, or starts its pods, through the Kubernetes API";
const NEEDS: Readonly<Record<Role, readonly Need[]>> = {
  jobManager: [
    {
      to: "api-server",
      why: WHY_API,
      when: (place) => isHighlyAvailable(place) || !place.block.at("mode").is("standalone"),
    },
    { from: "operator", ports: [REST], why: "reads the state of the job from the JobManager" },
    {
      to: "role",
      role: "taskmanager",
      ports: [TASKS, METRICS],
      why: "the JobManager deploys tasks and asks for their metrics",
    },
    { to: "role", role: "jobmanager", ports: [RPC], why: "standby JobManagers forward requests to the leader" },
  ],
  taskManager: [
    { to: "api-server", why: WHY_API, when: isHighlyAvailable },
    {
      to: "role",
      role: "jobmanager",
      ports: [RPC, BLOBS],
      why: "TaskManagers register with the JobManager and fetch files from it",
    },
    { to: "role", role: "taskmanager", ports: [DATA], why: "TaskManagers fetch records from each other" },
  ],
};

function isHighlyAvailable(place: Place): boolean {
  return first(place, setting("high-availability.type")).is("kubernetes");
}

/** Paths in the pod template of a role, then in the common one. */
function templates(role: Role, path: string): Path[] {
  return [`spec.${role}.podTemplate.${path}`, `spec.podTemplate.${path}`];
}

function pods(role: Role, more: Pods): Pods {
  const main = templates(role, `spec.containers[name=${MAIN}]`);
  return {
    role: COMPONENT[role],
    labels: { app: "{name}", component: COMPONENT[role] },
    labelsAt: templates(role, "metadata.labels").reverse(),
    pod: templates(role, "spec"),
    serviceAccount: "spec.serviceAccount",
    containers: [
      {
        name: MAIN,
        at: [...main, `spec.${role}.resource`],
        image: "spec.image",
        size: (place) => size(place, role),
        security: main.map((path) => `${path}.securityContext`),
      },
    ],
    texts: ["spec.flinkConfiguration", "spec.job"],
    needs: NEEDS[role],
    ...more,
  };
}

/** Without `replicas`, Flink starts enough TaskManagers to have a slot for each parallel subtask. */
function taskManagers(place: Place): number {
  const slots = first(place, setting("taskmanager.numberOfTaskSlots")).number ?? 1;
  const parallelism = first(place, "spec.job.parallelism").number ?? 1;
  return first(place, "spec.taskManager.replicas").number ?? Math.ceil(parallelism / slots);
}

/** The operator computes the main container's size from `resource` and the limit factors of Flink's configuration. */
function size(place: Place, role: Role): { requests: Amounts; limits: Amounts } {
  const amount = (name: "cpu" | "memory"): Quantity => {
    const field = first(place, `spec.${role}.resource.${name}`);
    // Flink's units win over those of Kubernetes: `m` is MiB.
    const bytes = parseJvmMemory(field.value) ?? parseQuantity(field.value);
    return { amount: name === "cpu" ? parseQuantity(field.value) : bytes, field };
  };
  const limit = (name: "cpu" | "memory"): Quantity => {
    const request = amount(name);
    const factor = first(place, setting(`kubernetes.${COMPONENT[role]}.${name}.limit-factor`)).number ?? 1;
    return { ...request, amount: request.amount === undefined ? undefined : request.amount * factor };
  };
  return {
    requests: { cpu: amount("cpu"), memory: amount("memory") },
    limits: { cpu: limit("cpu"), memory: limit("memory") },
  };
}

/** Paths with the names of the ConfigMaps that the JobManager reads. */
const FILES = [
  "volumes[*].configMap.name",
  "volumes[*].projected.sources[*].configMap.name",
  ...["initContainers", "containers"].flatMap((list) => [
    `${list}[*].envFrom[*].configMapRef.name`,
    `${list}[*].env[*].valueFrom.configMapKeyRef.name`,
  ]),
].flatMap((path) => templates("jobManager", `spec.${path}`));

export const flinkOperator: Operator = {
  kinds: {
    "flink.apache.org/FlinkDeployment": {
      pods: [
        pods("jobManager", { replicas: "spec.jobManager.replicas", ports: [REST, RPC, BLOBS, METRICS] }),
        // TaskManagers run the JobManager's job, so they connect to the hosts in its ConfigMaps.
        pods("taskManager", { replicas: taskManagers, ports: [TASKS, DATA, METRICS], configMaps: FILES }),
      ],
      // For Flink's web interface and for the operator.
      services: [{ name: "{name}-rest", ports: [REST], pods: { app: "{name}", component: COMPONENT.jobManager } }],
    },
  },

  /** The pack does not read the pods of `FlinkSessionJob` and `FlinkBlueGreenDeployment`, so both are refused. */
  podless: { "flink.apache.org": ["FlinkStateSnapshot"] },

  charts: {
    "flink-kubernetes-operator": {
      operator: true,
      operates: "flink.apache.org",
      pods: [
        {
          at: "operatorPod",
          replicas: "replicas",
          labelsAt: "labels",
          // The chart's default strategy is Recreate.
          strategy: "strategy",
          surge: 0,
          ports: [
            { name: "metrics", port: 9999 },
            { name: "health-port", port: 8085 },
          ],
        },
      ],
    },
  },
};
