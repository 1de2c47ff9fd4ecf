import { add, container, type Fault, remove, set } from "./fault";

const MODEL = "NetworkPolicy lakehouse-query-default-deny";
const CALICO = "kubernetes:crd.projectcalico.org/v1:GlobalNetworkPolicy";

/** Faults of default-deny policies, and of the connections that must be open. */
export const networkFaults: readonly Fault[] = [
  {
    policy: "namespace-require-default-deny",
    plant: remove("NetworkPolicy lakehouse-query-default-deny"),
    resource: "Namespace lakehouse-query",
    field: "metadata.name",
    says: "egress and ingress",
  },
  {
    policy: "namespace-require-dns",
    plant: remove("NetworkPolicy lakehouse-query-to-dns-tcp-egress"),
    resource: "Namespace lakehouse-query",
    field: "metadata.name",
    says: "port 53 over TCP",
  },
  {
    policy: "networkpolicy-forbid-open-egress",
    plant: set("NetworkPolicy libraries-server-to-library-source-egress", "metadata.annotations", {}),
    resource: "NetworkPolicy lakehouse-storage/libraries-server-to-library-source",
    field: "spec.egress[0].to[0].ipBlock.cidr",
    says: "0.0.0.0/0",
  },
  {
    policy: "pod-forbid-wide-egress",
    plant: set(
      "NetworkPolicy trino-to-postgres-egress",
      ["spec", "egress", 0, "to"],
      [{ ipBlock: { cidr: "0.0.0.0/0" } }],
    ),
    resource: "NetworkPolicy lakehouse-query/trino-to-postgres",
    field: "spec.egress[0].to[0].ipBlock.cidr",
    says: "reads Secret trino-",
    also: ["networkpolicy-forbid-open-egress"],
  },
  {
    policy: "networkpolicy-forbid-open-ingress",
    plant: set("NetworkPolicy prometheus-to-trino-worker-http-ingress", ["spec", "ingress", 0, "ports"], undefined),
    resource: "NetworkPolicy lakehouse-query/trino-worker-http-from-prometheus",
    field: "spec.ingress[0].ports",
    says: "every port",
  },
  {
    policy: "networkpolicy-require-target",
    plant: set("NetworkPolicy trino-to-postgres-egress", "spec.podSelector.matchLabels", { app: "trinno" }),
    resource: "NetworkPolicy lakehouse-query/trino-to-postgres",
    field: "spec.podSelector",
    says: '{"app":"trinno"}',
    also: ["connection-require-policies", "networkpolicy-require-counterpart"],
  },
  {
    policy: "pod-require-policy",
    plant: set("Deployment trino-worker", "spec.template.metadata.labels", {
      "app.kubernetes.io/name": "trinno",
      "app.kubernetes.io/instance": "trino-worker",
      "app.kubernetes.io/version": "484",
      "app.kubernetes.io/component": "worker",
      "app.kubernetes.io/part-of": "lakehouse",
      "app.kubernetes.io/managed-by": "pulumi",
    }),
    resource: "Deployment lakehouse-query/trino-worker",
    field: "spec.template.metadata.labels",
    says: "no NetworkPolicy selects",
    also: [
      "connection-require-policies",
      "networkpolicy-require-target",
      // Pods with another name are another service, which uses Trino's user.
      "storage-forbid-shared-users",
      "workload-require-disruption-budget",
      "workload-require-spread",
    ],
  },
  {
    policy: "connection-require-policies",
    plant: remove("NetworkPolicy metastore-tasks-backup-to-ceph-rgw-egress"),
    resource: "CronJob lakehouse-catalog/metastore-tasks-backup",
    field: "spec.jobTemplate.spec.template.spec.containers[0].env[0].value",
    says: "rook-ceph",
  },
  {
    policy: "connection-require-policies",
    plant: set("Deployment trino-worker", container("env.0"), { name: "MIRROR", value: "http://repo.lan:8081/maven" }),
    resource: "Deployment lakehouse-query/trino-worker",
    field: "spec.template.spec.containers[0].env[0].value",
    says: "uses repo.lan:8081",
  },
  {
    policy: "networkpolicy-require-counterpart",
    plant: set("NetworkPolicy trino-to-postgres-egress", ["spec", "egress", 0, "ports", 1], {
      port: 5433,
      protocol: "TCP",
    }),
    resource: "NetworkPolicy lakehouse-query/trino-to-postgres",
    field: "spec.egress[0].to[0]",
    says: "port 5433",
  },
  {
    policy: "monitor-require-ingress",
    plant: remove("NetworkPolicy prometheus-to-trino-worker-http-ingress"),
    resource: "PodMonitor lakehouse-query/trino-worker",
    field: "spec.podMetricsEndpoints[0].port",
    says: "port 8080",
  },
  {
    policy: "pod-require-api-egress",
    plant: remove("NetworkPolicy postgres-to-api-server-egress"),
    resource: "Cluster lakehouse-storage/postgres",
    field: "spec",
    says: "may not reach the API server",
  },
  {
    policy: "webhook-require-ingress",
    plant: remove("NetworkPolicy api-server-to-spark-operator-webhook-ingress"),
    resource: "Release lakehouse-operators/spark-operator",
    field: "values.webhook",
    says: "9443",
  },
  {
    policy: "globalnetworkpolicy-require-order",
    plant: add(MODEL, CALICO, "no-metadata", {
      metadata: { name: "no-metadata" },
      spec: { types: ["Egress"], egress: [{ action: "Deny", destination: { nets: ["169.254.169.254/32"] } }] },
    }),
    resource: "GlobalNetworkPolicy no-metadata",
    field: "spec.order",
    says: "does not set order",
  },
  {
    policy: "globalnetworkpolicy-forbid-open",
    plant: add(MODEL, CALICO, "let-out", {
      metadata: { name: "let-out" },
      spec: { order: 10, types: ["Egress"], egress: [{ action: "Allow", destination: { nets: ["0.0.0.0/0"] } }] },
    }),
    resource: "GlobalNetworkPolicy let-out",
    field: "spec.egress[0].destination.nets[0]",
    says: "0.0.0.0/0",
  },
  {
    policy: "service-forbid-exposed-data",
    stack: "dev",
    plant: set("Service postgres-admin", "metadata.annotations", {}),
    resource: "Service lakehouse-storage/postgres-admin",
    field: "spec.type",
    says: "Cluster lakehouse-storage/postgres",
  },
];
