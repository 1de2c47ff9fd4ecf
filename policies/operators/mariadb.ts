import { type Labels, labelsOf } from "../core/labels";
import type { Resource } from "../core/resource";
import type { Operator, Place, Pods, Port } from "./types";

/** Pods that mariadb-operator makes (26.6, `pkg/builder`). It copies the stack's security contexts unchanged. */

const SQL: Port = { name: "mariadb", port: 3306, at: "spec.port" };
const PROBE = (topology: string): Port => ({ name: "probe", port: 5566, at: `spec.${topology}.agent.probePort` });
const AGENT = (topology: string): Port => ({ name: "agent", port: 5555, at: `spec.${topology}.agent.port` });
/** Ports between the servers of a Galera cluster: replication, incremental and full state transfer. */
const GALERA: readonly Port[] = [4444, 4567, 4568].map((port) => ({ port }));

const SERVER: Pods = {
  labels: (place) => serverLabels(place),
  containers: [{ name: "mariadb" }],
  written: ["spec.initContainers[*]", "spec.sidecarContainers[*]"],
  serviceAccount: [".serviceAccountName", "metadata.name"],
  security: ".podSecurityContext",
  claims: [
    {
      at: "spec.storage",
      size: [".size", ".volumeClaimTemplate.resources.requests.storage"],
      storageClass: [".storageClassName", ".volumeClaimTemplate.storageClassName"],
    },
  ],
  configMaps: "spec.myCnfConfigMapKeyRef.name",
};

const OPERATOR_WHY = "sets up users and databases, and reads the server's status";

/** A single server has neither an agent nor a token. */
const SINGLE: Pods = {
  ...SERVER,
  tokenless: true,
  ports: [SQL],
  needs: [{ from: "operator", ports: [SQL], why: OPERATOR_WHY }],
};

const several = (topology: "replication" | "galera", among: readonly Port[]): Pods => ({
  ...SERVER,
  containers: [
    { name: "mariadb" },
    { name: "init", kind: "init", at: `spec.${topology}.initContainer` },
    { name: "agent", kind: "sidecar", at: `spec.${topology}.agent` },
  ],
  ports: [SQL, AGENT(topology), PROBE(topology), ...(topology === "galera" ? GALERA : [])],
  needs: [
    { from: "operator", ports: [SQL, AGENT(topology)], why: OPERATOR_WHY },
    { to: "api-server", why: "the init container and the agent read the MariaDB from the Kubernetes API" },
    { to: "role", role: "", ports: among, why: "servers copy from each other" },
  ],
});

function servers({ root }: Resource): readonly Pods[] {
  if (root.at("spec", "galera", "enabled").is(true)) return [several("galera", [SQL, ...GALERA]), EXPORTER];
  if (root.at("spec", "replication", "enabled").is(true)) return [several("replication", [SQL]), EXPORTER];
  return [SINGLE, EXPORTER];
}

/** The Deployment of the exporter, if metrics are enabled. */
const EXPORTER: Pods = {
  at: "spec.metrics.exporter",
  when: "spec.metrics.enabled",
  enabled: "spec.metrics.enabled",
  role: "metrics",
  replicas: 1,
  surge: 1,
  labels: { "app.kubernetes.io/name": "exporter", "app.kubernetes.io/instance": "{name}-metrics" },
  labelsAt: ["spec.inheritMetadata.labels", ".podMetadata.labels"],
  containers: [{ name: "exporter" }],
  written: [],
  serviceAccount: [],
  security: ".podSecurityContext",
  ports: [{ name: "metrics", port: 9104, at: "spec.metrics.exporter.port" }],
  needs: [{ to: "role", role: "", ports: [SQL], why: "it reads metrics from the servers" }],
};

/** The Job of a physical backup: one container copies a server, the next uploads the copy. Both have the same resources. */
const COPY: Pods = {
  lifetime: "job",
  replicas: 1,
  labelsAt: ["spec.inheritMetadata.labels", "spec.podMetadata.labels"],
  containers: [
    { name: "mariadb", kind: "init", image: [] },
    { name: "mariadb-operator", image: [] },
  ],
  written: [],
  serviceAccount: [".serviceAccountName", "metadata.name"],
  security: ".podSecurityContext",
  claims: [
    {
      at: "spec.stagingStorage.persistentVolumeClaim",
      size: ".resources.requests.storage",
      storageClass: ".storageClassName",
    },
  ],
  needs: [
    {
      to: "pods",
      labels: { "app.kubernetes.io/name": "mariadb", "app.kubernetes.io/instance": "{spec.mariaDbRef.name}" },
      ports: [SQL],
      why: "it copies a server",
    },
  ],
};

const door = (at: string) => ({ is: "service", at }) as const;

export const mariadbOperator: Operator = {
  kinds: {
    "k8s.mariadb.com/MariaDB": {
      holdsData: "in its pods",
      pods: servers,
      services: ["", "-internal", "-primary", "-secondary"].map((suffix) => ({
        name: `{name}${suffix}`,
        ports: [SQL],
        pods: { "app.kubernetes.io/name": "mariadb", "app.kubernetes.io/instance": "{name}" },
      })),
      doors: ["spec.service", "spec.primaryService", "spec.secondaryService"].map(door),
    },
    "k8s.mariadb.com/PhysicalBackup": { pods: COPY, backups: "spec.storage.s3.bucket" },
    "k8s.mariadb.com/Database": { pods: [], holdsData: "elsewhere" },
  },

  /** `Backup`, `MaxScale`, `Restore` and `SqlJob` make pods that the pack does not read, so they are refused. */
  podless: { "k8s.mariadb.com": ["Connection", "ExternalMariaDB", "Grant", "PointInTimeRecovery", "User"] },

  charts: {
    "mariadb-operator-crds": { operator: false, pods: [] },
    "mariadb-operator": {
      operator: true,
      operates: "k8s.mariadb.com",
      pods: [
        { replicas: "ha.replicas", strategy: "strategy", ports: [{ name: "metrics", port: 8080 }] },
        {
          role: "webhook",
          at: "webhook",
          replicas: "ha.replicas",
          strategy: "webhook.strategy",
          labels: { "app.kubernetes.io/name": "mariadb-operator-webhook" },
          operates: false,
          ports: [
            { name: "https", port: 9443 },
            { name: "metrics", port: 8080 },
            { name: "health", port: 8081 },
          ],
          webhook: { at: "webhook.port", port: 9443 },
        },
        {
          role: "cert-controller",
          at: "certController",
          replicas: "ha.replicas",
          strategy: "certController.strategy",
          labels: { "app.kubernetes.io/name": "mariadb-operator-cert-controller" },
          operates: false,
          ports: [
            { name: "metrics", port: 8080 },
            { name: "health", port: 8081 },
          ],
        },
      ],
    },
  },
};

/** The operator always sets the two labels at the end. */
function serverLabels({ root, resource }: Place): Labels {
  return {
    ...labelsOf(root.at("spec", "inheritMetadata", "labels"), root.at("spec", "podMetadata", "labels")),
    "app.kubernetes.io/name": "mariadb",
    "app.kubernetes.io/instance": resource.name,
  };
}
