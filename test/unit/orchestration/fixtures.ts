import { platform } from "../../../components/cluster/platform";
import type { ScheduledJob, SqlEngine } from "../../../components/core/capabilities";
import type { Endpoint } from "../../../components/core/endpoint";
import { type Settings, settingsFrom } from "../../../components/settings";
import type { Fragment } from "../../../components/settings/presets";

const NODES = ["k8s-1", "k8s-2", "k8s-3"].map((name) => ({ name, pool: "main", cpu: 16, memory: "96Gi" }));

/** Settings of a homelab with a test's own on top. */
export function homelab(over: Fragment = {}): Settings {
  return settingsFrom({
    preset: "homelab",
    nodes: NODES,
    pools: { main: { default: true } },
    cluster: { certManager: true },
    storage: { objects: { kind: "ceph" } },
    ...over,
  });
}

export const homelabPlatform = () => platform(homelab());

const trino: Endpoint = {
  name: "trino",
  peer: {
    kind: "pods",
    name: "trino-coordinator",
    namespace: "lakehouse-query",
    labels: { "app.kubernetes.io/instance": "trino-coordinator" },
    managed: true,
  },
  host: "trino.lakehouse-query.svc",
  port: 8080,
  targetPorts: [8080],
  protocol: "TCP",
  scheme: "http",
};

/** A SQL engine that nobody signs in to. */
export const sql: SqlEngine = {
  endpoint: trino,
  catalogs: ["lakehouse", "delta"],
  grant: () => ({ endpoint: trino, login: undefined }),
};

export const jobs: ScheduledJob[] = ["bronze-to-silver", "silver-to-gold", "table-maintenance"].map((name) => ({
  name,
  manifest: {
    kind: "SparkApplication",
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    metadata: { name, namespace: "lakehouse-compute" },
    spec: { suspend: true, sparkConf: { "spark.kubernetes.driver.limit.cores": "1", "spark.speculation": "off" } },
  },
}));
