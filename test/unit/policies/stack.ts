import {
  apiServer,
  type Json,
  labels,
  link,
  named,
  namespace,
  networkPolicy,
  object,
  pool,
  POD_SECURITY,
  SECURE,
  service,
  size,
} from "./builders";
import type { Registered } from "./runner";

/** A small stack that complies with every policy: two services, a database, a Spark job, an operator, a bucket. */

function database(): Registered {
  return object("postgresql.cnpg.io/v1:Cluster", "back", "pg", {
    spec: {
      instances: 2,
      imageName: "ghcr.io/cloudnative-pg/postgresql:17.6",
      resources: size("1", "2Gi"),
      storage: { size: "20Gi", storageClass: "local" },
      affinity: pool("general"),
      inheritedMetadata: { labels: labels("pg") },
    },
  });
}

function sparkPods(role: "driver" | "executor"): Json {
  return {
    cores: 1,
    coreLimit: "1",
    memory: "4g",
    memoryOverhead: "1g",
    priorityClassName: `spark-${role}`,
    labels: labels("daily", { "app.kubernetes.io/component": role }),
    securityContext: SECURE,
    podSecurityContext: POD_SECURITY,
    template: { spec: { affinity: pool("batch") } },
  };
}

function sparkJob(): Registered {
  const spec = {
    type: "Scala",
    image: "ghcr.io/shop/spark:4.0.1",
    sparkConf: { "spark.hadoop.fs.s3a.endpoint": "http://rgw.rook-ceph.svc:80", "spark.blockManager.port": "7079" },
    driver: { ...sparkPods("driver"), serviceAccount: "spark" },
    executor: { ...sparkPods("executor"), instances: 2 },
  };
  return object("sparkoperator.k8s.io/v1beta2:SparkApplication", "jobs", "daily", { spec });
}

function sparkOperator(): Registered {
  const role = { replicas: 1, resources: size("500m", "512Mi"), affinity: pool("general") };
  return {
    type: "kubernetes:helm.sh/v3:Release",
    name: "spark-operator",
    props: {
      name: "spark-operator",
      namespace: "operators",
      chart: "spark-operator",
      version: "2.5.2",
      values: { controller: role, webhook: { ...role, enable: true, port: 9443 } },
    },
  };
}

function operatorPolicies(): Registered[] {
  const controlPlane = { ipBlock: { cidr: "10.0.0.1/32" } };
  const webhook = { ...named("spark-operator"), "app.kubernetes.io/component": "webhook" };
  return [
    apiServer({ namespace: "operators", name: "spark-operator" }),
    networkPolicy("operators", "webhook-from-api-server", {
      podSelector: { matchLabels: webhook },
      policyTypes: ["Ingress"],
      ingress: [{ from: [controlPlane], ports: [{ port: 9443, protocol: "TCP" }] }],
    }),
  ];
}

/** Two nodes of 20 Gi for services, with disks of 100 Gi, and one of 40 Gi for batch; existing systems use 4 Gi of the first pool. */
export const CAPACITY = {
  buffer: 0.7,
  nodes: [
    { name: "n1", pool: "general", limit: { cpu: 4, memory: 20 * 2 ** 30 }, disks: { local: "100Gi" } },
    { name: "n2", pool: "general", limit: { cpu: 4, memory: 20 * 2 ** 30 }, disks: { local: "100Gi" } },
    { name: "n3", pool: "batch", limit: { cpu: 8, memory: 40 * 2 ** 30 }, taint: "NoSchedule" },
  ],
  existing: [
    {
      service: "airflow",
      role: "",
      namespace: "airflow",
      replicas: 1,
      requests: { cpu: 1, memory: 4 * 2 ** 30 },
      pools: ["general"],
    },
  ],
};

const classQuota = (name: string, memory: string) => ({
  hard: { "requests.memory": memory },
  scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "In", values: [name] }] },
});

const WEB = { namespace: "front", name: "web" };
const API = { namespace: "back", name: "api" };
const PG = { namespace: "back", name: "pg", labels: { "cnpg.io/cluster": "pg" } };
const DRIVER = { namespace: "jobs", name: "driver", labels: { "app.kubernetes.io/component": "driver" } };
const EXECUTOR = { namespace: "jobs", name: "executor", labels: { "app.kubernetes.io/component": "executor" } };
const JOBS = { namespace: "jobs", name: "daily" };
const RGW = { namespace: "rook-ceph", name: "rgw", ours: false };
const OPERATOR = { namespace: "cnpg-system", name: "cloudnative-pg", ours: false };
const PROMETHEUS = { namespace: "monitoring", name: "prometheus", ours: false };

/** All resources, new on each call. */
export function compliant(): Registered[] {
  const bucketPolicy = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::bronze/*"] }],
  };
  // Cloned, because tests change it in place and parts are shared.
  return clone([
    ...namespace("front"),
    ...namespace("back"),
    ...namespace("operators"),
    ...namespace("jobs", [
      classQuota("spark-driver", "10Gi"),
      classQuota("spark-executor", "20Gi"),
      {
        hard: { pods: "0" },
        scopeSelector: {
          matchExpressions: [
            { scopeName: "PriorityClass", operator: "NotIn", values: ["spark-driver", "spark-executor"] },
          ],
        },
      },
    ]),
    ...service("front", "web", { volumes: [{ name: "config", configMap: { name: "web-config" } }] }),
    object("core/v1:ConfigMap", "front", "web-config", {
      data: { "app.properties": "api.url=http://api.back.svc:80/v1" },
    }),
    ...service("back", "api", {
      token: true,
      env: [{ name: "DATABASE_URL", value: "jdbc:postgresql://pg-rw.back.svc:5432/shop" }],
    }),
    object("rbac.authorization.k8s.io/v1:RoleBinding", "back", "api", {
      roleRef: { kind: "Role", name: "api" },
      subjects: [{ kind: "ServiceAccount", name: "api", namespace: "back" }],
    }),
    database(),
    object("monitoring.coreos.com/v1:PodMonitor", "back", "pg", {
      spec: { selector: { matchLabels: { "cnpg.io/cluster": "pg" } }, podMetricsEndpoints: [{ port: "metrics" }] },
    }),
    ...link(WEB, API, 8080),
    ...link(API, PG, 5432),
    ...link(PG, PG, 5432),
    ...link(OPERATOR, PG, 8000, 5432),
    ...link(PROMETHEUS, PG, 9187),
    apiServer(API),
    apiServer(PG),
    sparkJob(),
    ...link(EXECUTOR, DRIVER, 7078, 7079),
    ...link(DRIVER, EXECUTOR, 7079),
    ...link(EXECUTOR, EXECUTOR, 7079),
    ...link(JOBS, RGW, 8080),
    apiServer(DRIVER),
    sparkOperator(),
    ...operatorPolicies(),
    object("core/v1:ConfigMap", "front", "capacity", {
      metadata: { labels: { "lakehouse.dev/capacity": "true" } },
      data: { "capacity.json": JSON.stringify(CAPACITY) },
    }),
    { type: "minio:index/s3Bucket:S3Bucket", name: "bronze", props: { bucket: "bronze", acl: "private" } },
    {
      type: "minio:index/ilmPolicy:IlmPolicy",
      name: "bronze-rules",
      props: { bucket: "bronze", rules: [{ id: "old", noncurrentVersionExpirationDays: 30 }] },
    },
    { type: "minio:index/iamPolicy:IamPolicy", name: "reader", props: { policy: JSON.stringify(bucketPolicy) } },
    { type: "minio:index/iamUser:IamUser", name: "user", props: { name: "reader" } },
    { type: "kubernetes:core/v1:Secret", name: "credentials", props: { stringData: { password: "hunter2" } } },
  ]);
}

/** A copy without shared parts, which structuredClone would keep shared. */
function clone<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
