import type { Field } from "../core/field";
import { labelsOf } from "../core/labels";
import { parseQuantity, quantity } from "../core/quantity";
import type { Resource } from "../core/resource";
import type { Amounts, Claim, Container, Listener, Workload } from "./types";

/** How a built-in kind holds its pods. */
interface Shape {
  /** Path of the pod template; empty for a bare Pod. */
  readonly template: string;
  readonly lifetime: Workload["lifetime"];
  replicas?(root: Field): number;
  /** Where it says how its pods are replaced by new ones, if some may be added for that. */
  readonly strategy?: string;
}

/** What Kubernetes takes where a Deployment says nothing. */
const DEFAULT_SURGE = "25%";

/** Pods that a Deployment's roll adds at a time. */
export function rollingSurge(strategy: Field, replicas: number, unsaid: string | number = DEFAULT_SURGE): number {
  if (strategy.at("type").is("Recreate")) return 0;
  const field = strategy.at("rollingUpdate", "maxSurge");
  const given = field.number ?? field.text ?? unsaid;
  const share = typeof given === "string" ? /^(\d+)%$/.exec(given)?.[1] : undefined;
  return share === undefined ? Number(given) || 0 : Math.ceil((replicas * Number(share)) / 100);
}

const REPLICAS: Shape = {
  template: "spec.template",
  lifetime: "always",
  // A scaled workload leaves the number to its autoscaler; one is then the least that runs.
  replicas: (root) => root.get("spec.replicas").number ?? 1,
};

const CRON_JOB: Shape = {
  template: "spec.jobTemplate.spec.template",
  lifetime: "job",
  replicas: (root) => root.get("spec.jobTemplate.spec.parallelism").number ?? 1,
};

export const BUILT_IN: Readonly<Record<string, Shape>> = {
  "apps/Deployment": { ...REPLICAS, strategy: "spec.strategy" },
  "apps/StatefulSet": REPLICAS,
  "apps/ReplicaSet": REPLICAS,
  "apps/DaemonSet": { template: "spec.template", lifetime: "daemon" },
  "batch/Job": {
    template: "spec.template",
    lifetime: "once",
    replicas: (root) => root.get("spec.parallelism").number ?? 1,
  },
  "batch/CronJob": CRON_JOB,
  "core/ReplicationController": REPLICAS,
  "core/Pod": { template: "", lifetime: "always" },
};

/** Pods of a Deployment, StatefulSet, DaemonSet, Job, CronJob or of nothing at all. */
export function builtIn(resource: Resource): Workload[] {
  const shape = BUILT_IN[resource.key];
  if (shape === undefined) return [];
  const template = shape.template === "" ? resource.root : resource.root.get(shape.template);
  const spec = template.at("spec");
  const labels = template.at("metadata", "labels");
  const containers = podContainers(spec);
  const replicas = shape.replicas?.(resource.root) ?? 1;
  return [
    {
      resource,
      role: "",
      lifetime: shape.lifetime,
      replicas,
      ...(shape.strategy === undefined ? {} : { surge: rollingSurge(resource.root.get(shape.strategy), replicas) }),
      namespace: resource.namespace,
      labels: labelsOf(labels),
      labelsField: labels,
      serviceAccount: spec.at("serviceAccountName").absent ? "default" : spec.at("serviceAccountName").text,
      containers,
      spec,
      security: spec.at("securityContext"),
      volumes: spec.at("volumes").items,
      claims: resource.root.get("spec.volumeClaimTemplates").items.map((one) => claim(one.at("spec"))),
      mounts: spec.at("volumes").items.flatMap((one) => one.get("persistentVolumeClaim.claimName").text ?? []),
      configMaps: configMapsOf(spec.at("volumes").items, containers),
      affinity: spec.at("affinity"),
      nodeSelector: spec.at("nodeSelector"),
      tolerations: spec.at("tolerations"),
      priorityClass: spec.at("priorityClassName").text,
      listeners: containers.flatMap(listenersOf),
      texts: containers.flatMap(({ field }) => [field.at("command"), field.at("args"), field.at("env")]),
      implied: [],
    },
  ];
}

export function podContainers(spec: Field): Container[] {
  const inits = spec
    .at("initContainers")
    .items.map((field) => container(field, field.at("restartPolicy").is("Always") ? "sidecar" : "init"));
  return [...inits, ...spec.at("containers").items.map((field) => container(field, "main"))];
}

export function container(field: Field, kind: Container["kind"]): Container {
  return {
    name: field.at("name").text ?? "?",
    kind,
    field,
    image: field.at("image"),
    ...resources(field.at("resources")),
    security: field.at("securityContext"),
  };
}

/** Requests and limits of a `resources` block; Kubernetes takes a limit for the request where none is given. */
export function resources(block: Field): { requests: Amounts; limits: Amounts } {
  const amounts = (of: "requests" | "limits"): Amounts => ({
    cpu: quantity(block.at(of, "cpu")),
    memory: quantity(block.at(of, "memory")),
  });
  return { requests: amounts("requests"), limits: amounts("limits") };
}

/** The specification of a claim for a volume. */
export function claim(spec: Field): Claim {
  const field = spec.get("resources.requests.storage");
  return { field, size: parseQuantity(field.value), storageClass: spec.at("storageClassName").text };
}

function listenersOf({ field }: Container): Listener[] {
  return field.at("ports").items.flatMap((port) => {
    const number = port.at("containerPort").number;
    return number === undefined ? [] : [{ name: port.at("name").text ?? "", port: number }];
  });
}

/** ConfigMaps that are mounted, or read into the environment. */
export function configMapsOf(volumes: readonly Field[], containers: readonly Container[]): string[] {
  const names = [
    ...volumes.map((volume) => volume.get("configMap.name")),
    ...volumes.flatMap((volume) => volume.get("projected.sources").items.map((source) => source.get("configMap.name"))),
    ...containers.flatMap(({ field }) => [
      ...field.at("envFrom").items.map((source) => source.get("configMapRef.name")),
      ...field.at("env").items.map((variable) => variable.get("valueFrom.configMapKeyRef.name")),
    ]),
  ];
  return [...new Set(names.flatMap(({ text }) => text ?? []))];
}
