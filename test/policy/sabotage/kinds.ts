import { add, type Fault, remove } from "./fault";

/** Faults that no other policy sees: undescribed kinds, charts and namespaces. */
export const kindFaults: readonly Fault[] = [
  {
    policy: "object-require-known-kind",
    plant: add("ConfigMap capacity", "kubernetes:druid.apache.org/v1alpha1:Druid", "druid", {
      metadata: { name: "druid", namespace: "lakehouse-query" },
      spec: {
        nodes: {
          historicals: {
            replicas: 40,
            resources: { requests: { memory: "500Gi" } },
            containerSecurityContext: { privileged: true },
          },
        },
      },
    }),
    resource: "Druid lakehouse-query/druid",
    field: "kind",
    says: "druid.apache.org/Druid",
  },
  {
    policy: "release-require-known-chart",
    plant: add("Release spark-operator", "kubernetes:helm.sh/v3:Release", "druid", {
      name: "druid",
      namespace: "lakehouse-query",
      chart: "druid",
      version: "36.0.0",
      values: {
        resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "1", memory: "1Gi" } },
        nodeSelector: { "lakehouse.dev/pool": "control" },
        priorityClassName: "lakehouse-serving",
      },
    }),
    resource: "Release lakehouse-query/druid",
    field: "chart",
    says: '"druid"',
  },
  {
    policy: "pod-require-known-namespace",
    plant: (stack) => remove("NetworkPolicy lakehouse-query-default-deny")(remove("Namespace lakehouse-query")(stack)),
    resource: "Deployment lakehouse-query/trino-worker",
    field: "metadata.namespace",
    says: "neither makes",
  },
];
