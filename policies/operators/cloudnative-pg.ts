import type { Operator, Place, Port } from "./types";

/** CloudNativePG and its Barman plugin for backups. The operator writes security contexts, accounts and budgets itself. */

const POSTGRES: Port = { name: "postgresql", port: 5432 };
/** The port on which the operator reads the status of an instance. */
const STATUS: Port = { name: "status", port: 8000 };
const BARMAN = "plugin-barman-cloud";
const PLUGIN: Port = { name: "grpc", port: 9090 };
const SERVICE: Port = { name: "postgres", port: 5432 };

export const cloudNativePg: Operator = {
  kinds: {
    "postgresql.cnpg.io/Cluster": {
      holdsData: "in its pods",
      pods: {
        replicas: "spec.instances",
        // A pod that joins or restores an instance.
        surge: 1,
        judged: false,
        labels: {
          "cnpg.io/cluster": "{name}",
          "cnpg.io/podRole": "instance",
          // The operator changes it at a failover.
          "cnpg.io/instanceRole": null,
          "app.kubernetes.io/name": "postgresql",
          "app.kubernetes.io/instance": "{name}",
          // The operator takes it from the image.
          "app.kubernetes.io/version": null,
          "app.kubernetes.io/component": "database",
          "app.kubernetes.io/managed-by": "cloudnative-pg",
        },
        labelsAt: "spec.inheritedMetadata.labels",
        containers: [{ name: "postgres", image: "spec.imageName" }],
        serviceAccount: "metadata.name",
        security: "spec.podSecurityContext",
        nodeSelector: "spec.affinity.nodeSelector",
        tolerations: "spec.affinity.tolerations",
        claims: [
          {
            at: ["spec.storage", "spec.walStorage"],
            size: [".size", ".pvcTemplate.resources.requests.storage"],
            storageClass: [".storageClass", ".pvcTemplate.storageClassName"],
          },
        ],
        ports: [POSTGRES, STATUS, { name: "metrics", port: 9187 }],
        reads: [{ kind: "barmancloud.cnpg.io/ObjectStore", names: objectStores }],
        needs: [
          {
            from: "operator",
            ports: [STATUS, POSTGRES],
            why: "reads the status of each instance, and connects to the database",
          },
          { to: "api-server", why: "the instance manager reads the Cluster from the Kubernetes API" },
          { to: "role", role: "", ports: [POSTGRES], why: "standbys stream from the primary" },
        ],
      },
      services: ["rw", "ro", "r"].map((suffix) => ({ name: `{name}-${suffix}`, ports: [SERVICE] })),
      doors: [{ is: "service", at: "spec.managed.services.additional[*].serviceTemplate.spec" }],
      backups: "spec.backup.barmanObjectStore.destinationPath",
    },

    /** PgBouncer in front of a cluster. */
    "postgresql.cnpg.io/Pooler": {
      pods: {
        replicas: "spec.instances",
        surge: { strategy: "spec.deploymentStrategy" },
        judged: false,
        labels: { "cnpg.io/poolerName": "{name}", "cnpg.io/podRole": "pooler" },
        template: "spec.template",
        serviceAccount: "metadata.name",
        ports: [
          { name: "pgbouncer", port: 5432 },
          { name: "metrics", port: 9127 },
        ],
        needs: [{ to: "api-server", why: "the pooler reads its configuration from the Kubernetes API" }],
      },
      services: [{ name: "{name}", ports: [SERVICE] }],
      leadsTo: ["postgresql.cnpg.io/Cluster"],
      doors: [{ is: "service", at: "spec.serviceTemplate.spec" }],
    },

    "barmancloud.cnpg.io/ObjectStore": {
      pods: [],
      // The plugin adds it to each instance of a cluster that keeps backups there.
      adds: [{ name: BARMAN, kind: "sidecar", at: "spec.instanceSidecarConfiguration" }],
      backups: "spec.configuration.destinationPath",
    },
  },

  podless: {
    "postgresql.cnpg.io": [
      "Backup",
      "ClusterImageCatalog",
      "Database",
      "DatabaseRole",
      "FailoverQuorum",
      "ImageCatalog",
      "Publication",
      "ScheduledBackup",
      "Subscription",
    ],
  },

  charts: {
    "cloudnative-pg": {
      operator: true,
      operates: "postgresql.cnpg.io",
      pods: [
        {
          strategy: "updateStrategy",
          ports: [
            { name: "metrics", port: 8080 },
            { name: "webhook-server", port: 9443 },
          ],
          webhook: { at: "webhook.port", port: 9443 },
          needs: [
            {
              to: "pods",
              labels: { "app.kubernetes.io/name": BARMAN },
              ports: [PLUGIN],
              why: "the operator calls the plugins that it finds in its namespace",
            },
          ],
        },
      ],
    },
    // The chart's Deployment always uses Recreate.
    [BARMAN]: { operator: true, pods: [{ surge: 0, ports: [PLUGIN] }] },
  },
};

/** Names of the ObjectStores in which the Barman plugin keeps backups of this cluster or reads those of others. */
function objectStores({ block: spec }: Place): string[] {
  const plugins = [...spec.at("plugins").items, ...spec.at("externalClusters").items.map((one) => one.at("plugin"))];
  return plugins
    .filter((plugin) => !plugin.at("enabled").is(false))
    .flatMap((plugin) => plugin.at("parameters", "barmanObjectName").text ?? []);
}
