import { Field } from "../core/field";
import { labelsOf } from "../core/labels";
import { parseJvmMemory, parseQuantity, type Quantity } from "../core/quantity";
import type { Resource } from "../core/resource";
import { configMapsOf, podContainers } from "./pods";
import type { Container, ImpliedNeed, Listener, Workload } from "./types";

type Role = "jobManager" | "taskManager";

const MAIN_CONTAINER = "flink-main-container";
/** Flink's labels call the roles so. */
const COMPONENT: Readonly<Record<Role, string>> = { jobManager: "jobmanager", taskManager: "taskmanager" };
const REST = 8081;

/** Ports and the settings that move them; the operator fixes the first ones, the others are random unless they are set. */
const PORTS = {
  rpc: { key: "jobmanager.rpc.port", port: 6123 },
  blobs: { key: "blob.server.port", port: 6124 },
  tasks: { key: "taskmanager.rpc.port", port: 6122 },
  data: { key: "taskmanager.data.port", port: 0 },
  metrics: { key: "metrics.internal.query-service.port", port: 0 },
} as const;

/** JobManager and TaskManagers of a FlinkDeployment. */
export function flink(resource: Resource): Workload[] {
  return [pods(resource, "jobManager"), pods(resource, "taskManager")];
}

function pods(resource: Resource, role: Role): Workload {
  const spec = resource.root.at("spec");
  const template = part(spec, role, "spec");
  const labels = part(spec, role, "metadata").at("labels");
  const containers = containersOf(spec, role, template);
  const leader = part(spec, "jobManager", "spec");
  return {
    resource,
    role: COMPONENT[role],
    lifetime: "always",
    replicas: replicas(spec, role),
    namespace: resource.namespace,
    labels: labelsOf(Field.made({ app: resource.name, component: COMPONENT[role] }, labels.path), labels),
    labelsField: labels,
    serviceAccount: spec.at("serviceAccount").text,
    containers,
    spec: template,
    security: template.at("securityContext"),
    volumes: template.at("volumes").items,
    // TaskManagers run what the JobManager reads, and talk to everything that is named there.
    configMaps: [
      ...new Set([
        ...configMapsOf(template.at("volumes").items, containers),
        ...configMapsOf(leader.at("volumes").items, containersOf(spec, "jobManager", leader)),
      ]),
    ],
    affinity: template.at("affinity"),
    nodeSelector: template.at("nodeSelector"),
    tolerations: template.at("tolerations"),
    priorityClass: template.at("priorityClassName").text,
    listeners: listeners(spec, role, containers),
    texts: [spec.at("flinkConfiguration"), spec.at("job"), ...containers.map(({ field }) => field.at("env"))],
    implied: implied(spec, role),
  };
}

/** A template of the role, or the one of both. */
function part(spec: Field, role: Role, key: "metadata" | "spec"): Field {
  return spec.at(role, "podTemplate", key).or(spec.at("podTemplate", key));
}

/** Without a number of its own, Flink starts as many TaskManagers as the parallelism has slots for. */
function replicas(spec: Field, role: Role): number {
  const given = spec.at(role, "replicas").number;
  if (given !== undefined || role === "jobManager") return given ?? 1;
  const slots = spec.at("flinkConfiguration", "taskmanager.numberOfTaskSlots").number ?? 1;
  return Math.ceil((spec.at("job", "parallelism").number ?? 1) / slots);
}

/** The main container's size is the operator's to write, from `resource` and the factors of Flink's configuration. */
function containersOf(spec: Field, role: Role, template: Field): Container[] {
  const written = podContainers(template);
  const main = written.find(({ name }) => name === MAIN_CONTAINER);
  const own = spec.at(role, "resource");
  const amount = (name: "cpu" | "memory"): Quantity => {
    const field = own.at(name);
    // Flink's own units come first: its `m` is MiB.
    const bytes = parseJvmMemory(field.value) ?? parseQuantity(field.value);
    return { amount: name === "cpu" ? parseQuantity(field.value) : bytes, field };
  };
  const limit = (name: "cpu" | "memory"): Quantity => {
    const request = amount(name);
    const factor = spec.at("flinkConfiguration", `kubernetes.${COMPONENT[role]}.${name}.limit-factor`).number ?? 1;
    return { ...request, amount: request.amount === undefined ? undefined : request.amount * factor };
  };
  return [
    {
      name: MAIN_CONTAINER,
      kind: "main",
      field: main?.field ?? own,
      image: spec.at("image"),
      requests: { cpu: amount("cpu"), memory: amount("memory") },
      limits: { cpu: limit("cpu"), memory: limit("memory") },
      security: main?.security ?? Field.made(undefined, `spec.${role}.podTemplate.spec.containers`),
    },
    ...written.filter(({ name }) => name !== MAIN_CONTAINER),
  ];
}

function portOf(spec: Field, name: keyof typeof PORTS): number[] {
  const { key, port } = PORTS[name];
  const number = spec.at("flinkConfiguration", key).number ?? port;
  return number === 0 ? [] : [number];
}

function listeners(spec: Field, role: Role, containers: readonly Container[]): Listener[] {
  const named = (name: string, ports: readonly number[]) => ports.map((port) => ({ name, port }));
  const own =
    role === "jobManager"
      ? [
          { name: "rest", port: REST },
          ...named("jobmanager-rpc", portOf(spec, "rpc")),
          ...named("blobserver", portOf(spec, "blobs")),
        ]
      : [...named("taskmanager-rpc", portOf(spec, "tasks")), ...named("", portOf(spec, "data"))];
  const written = containers.flatMap(({ field }) =>
    field
      .at("ports")
      .items.flatMap((port) => named(port.at("name").text ?? "", [port.at("containerPort").number ?? 0])),
  );
  return [...own, ...named("", portOf(spec, "metrics")), ...written];
}

function implied(spec: Field, role: Role): ImpliedNeed[] {
  const other = (name: Role, ports: readonly number[], why: string): ImpliedNeed[] =>
    ports.length === 0 ? [] : [{ to: "role", role: COMPONENT[name], ports, why }];
  const available = spec.at("flinkConfiguration", "high-availability.type").text === "kubernetes";
  const api: ImpliedNeed[] =
    available || (role === "jobManager" && !spec.at("mode").is("standalone"))
      ? [{ to: "api-server", why: "Flink finds its leader, or starts its pods, through the Kubernetes API" }]
      : [];
  if (role === "jobManager") {
    return [
      ...api,
      { from: "operator", of: "flink.apache.org", ports: [REST], why: "asks the JobManager how its job is" },
      ...other(
        "taskManager",
        [...portOf(spec, "tasks"), ...portOf(spec, "metrics")],
        "the JobManager deploys tasks and asks for their metrics",
      ),
      ...(replicas(spec, role) > 1
        ? other("jobManager", portOf(spec, "rpc"), "JobManagers that stand by pass questions on to the one that leads")
        : []),
    ];
  }
  return [
    ...api,
    ...other(
      "jobManager",
      [...portOf(spec, "rpc"), ...portOf(spec, "blobs")],
      "TaskManagers register with the JobManager and fetch files from it",
    ),
    ...(replicas(spec, role) > 1
      ? other("taskManager", portOf(spec, "data"), "TaskManagers fetch records from each other")
      : []),
  ];
}
