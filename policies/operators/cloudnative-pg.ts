import { cluster, pooler } from "../workloads/postgres";
import type { ApiGroup } from "./types";

export const cloudNativePg: readonly ApiGroup[] = [
  {
    group: "postgresql.cnpg.io",
    pods: { Cluster: cluster, Pooler: pooler },
    podless: [
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
    holdsData: ["Cluster"],
  },
  { group: "barmancloud.cnpg.io", podless: ["ObjectStore"] },
];
