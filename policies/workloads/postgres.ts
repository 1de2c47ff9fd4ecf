import { Field } from "../core/field";
import { type Labels, labelsOf } from "../core/labels";
import { parseQuantity } from "../core/quantity";
import type { Resource } from "../core/resource";
import { podContainers, resources, rollingSurge } from "./pods";
import type { Claim, Container, Workload } from "./types";

const GROUP = "postgresql.cnpg.io";
const PORT = 5432;
/** Where the operator asks an instance how it is. */
const STATUS_PORT = 8000;
const METRICS_PORT = 9187;

/** Instances of a CloudNativePG cluster. The operator writes their security contexts, accounts and budgets itself. */
export function cluster(resource: Resource): Workload[] {
  const spec = resource.root.at("spec");
  const labels = resource.root.get("spec.inheritedMetadata.labels");
  const instances = spec.at("instances").number ?? 1;
  return [
    {
      resource,
      role: "",
      lifetime: "always",
      replicas: instances,
      // A copy or a restore that the operator makes of one.
      surge: 1,
      namespace: resource.namespace,
      labels: instanceLabels(resource.root.get("metadata.name").unknown ? null : resource.name, labels),
      labelsField: labels,
      serviceAccount: resource.name,
      containers: [
        {
          name: "postgres",
          kind: "main",
          field: spec,
          image: spec.at("imageName"),
          ...resources(spec.at("resources")),
          security: spec.at("securityContext"),
        },
      ],
      spec: undefined,
      security: spec.at("podSecurityContext"),
      volumes: [],
      claims: ["storage", "walStorage"]
        .map((key) => spec.at(key))
        .filter((one) => !one.absent)
        .map(claim),
      configMaps: [],
      affinity: spec.at("affinity"),
      nodeSelector: spec.at("affinity", "nodeSelector"),
      tolerations: spec.at("affinity", "tolerations"),
      priorityClass: spec.at("priorityClassName").text,
      listeners: [
        { name: "postgresql", port: PORT },
        { name: "status", port: STATUS_PORT },
        { name: "metrics", port: METRICS_PORT },
      ],
      texts: [spec],
      reads: objectStores(spec).map((name) => ({ key: "barmancloud.cnpg.io/ObjectStore", name })),
      implied: [
        {
          from: "operator",
          of: GROUP,
          ports: [STATUS_PORT, PORT],
          why: "asks each instance how it is, and connects to the database",
        },
        { to: "api-server", why: "the instance manager reads the Cluster from the Kubernetes API" },
        ...(instances > 1
          ? [{ to: "role" as const, role: "", ports: [PORT], why: "standbys stream from the primary" }]
          : []),
      ],
    },
  ];
}

/** `size`, or a whole claim under `pvcTemplate`. */
function claim(storage: Field): Claim {
  const field = storage.at("size").or(storage.get("pvcTemplate.resources.requests.storage"));
  const storageClass = storage.at("storageClass").or(storage.get("pvcTemplate.storageClassName")).text;
  return { field, size: parseQuantity(field.value), storageClass };
}

/** The operator gives instances the recommended labels itself; the version that it writes is that of the image. */
function instanceLabels(cluster: string | null, inherited: Field): Labels {
  const own = labelsOf(inherited);
  return (
    own && {
      "cnpg.io/cluster": cluster,
      "cnpg.io/podRole": "instance",
      // It moves with the primary.
      "cnpg.io/instanceRole": null,
      "app.kubernetes.io/name": "postgresql",
      "app.kubernetes.io/instance": cluster,
      "app.kubernetes.io/version": null,
      "app.kubernetes.io/component": "database",
      "app.kubernetes.io/managed-by": "cloudnative-pg",
      ...own,
    }
  );
}

/** Where the Barman plugin keeps backups of this cluster, and finds those of others. */
function objectStores(spec: Field): string[] {
  const plugins = [...spec.at("plugins").items, ...spec.at("externalClusters").items.map((one) => one.at("plugin"))];
  return plugins
    .filter((plugin) => !plugin.at("enabled").is(false))
    .flatMap((plugin) => plugin.at("parameters", "barmanObjectName").text ?? []);
}

/** What the Barman plugin adds to each instance of a cluster that keeps backups there; security and image are the plugin's. */
export function barmanSidecar(objectStore: Resource): Container[] {
  const field = objectStore.root.get("spec.instanceSidecarConfiguration");
  const unsaid = Field.made(undefined, `${field.path}.image`);
  return [
    {
      name: "plugin-barman-cloud",
      kind: "sidecar",
      field,
      image: unsaid,
      ...resources(field.at("resources")),
      security: unsaid,
    },
  ];
}

/** PgBouncer in front of a cluster. */
export function pooler(resource: Resource): Workload[] {
  const spec = resource.root.at("spec");
  const template = spec.at("template");
  const labels = template.at("metadata", "labels");
  return [
    {
      resource,
      role: "",
      lifetime: "always",
      replicas: spec.at("instances").number ?? 1,
      surge: rollingSurge(spec.at("deploymentStrategy"), spec.at("instances").number ?? 1),
      namespace: resource.namespace,
      labels: labelsOf(Field.made({ "cnpg.io/poolerName": resource.name, "cnpg.io/podRole": "pooler" }, ""), labels),
      labelsField: labels,
      serviceAccount: resource.name,
      containers: podContainers(template.at("spec")),
      spec: undefined,
      security: template.at("spec", "securityContext"),
      volumes: [],
      configMaps: [],
      affinity: template.at("spec", "affinity"),
      nodeSelector: template.at("spec", "nodeSelector"),
      tolerations: template.at("spec", "tolerations"),
      priorityClass: template.at("spec", "priorityClassName").text,
      listeners: [
        { name: "pgbouncer", port: PORT },
        { name: "metrics", port: 9127 },
      ],
      texts: [],
      implied: [{ to: "api-server", why: "the pooler reads its configuration from the Kubernetes API" }],
    },
  ];
}
