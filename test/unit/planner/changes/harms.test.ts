import assert from "node:assert/strict";

import { harms, object } from "./objects";

const policy = (spec: object) => object("networking.k8s.io/v1", "NetworkPolicy", { spec });
const role = (...rules: object[]) => object("rbac.authorization.k8s.io/v1", "Role", { rules });
const rule = (resources: string[], verbs: string[]) => ({ apiGroups: [""], resources, verbs });
const binding = (name: string, ...subjects: string[]) =>
  object("rbac.authorization.k8s.io/v1", "RoleBinding", {
    roleRef: { name },
    subjects: subjects.map((each) => ({ kind: "ServiceAccount", name: each })),
  });
const iam = (...Action: string[]) => ({
  type: "minio:index/iamPolicy:IamPolicy",
  policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action, Resource: ["arn:aws:s3:::gold/*"] }] }),
});
const pods = (of: object, replicas = 2) =>
  object("apps/v1", "Deployment", { spec: { replicas, template: { spec: { containers: [{ name: "a", ...of }] } } } });
const peer = (cidr: string, port = 443) => ({ to: [{ ipBlock: { cidr } }], ports: [{ port, protocol: "TCP" }] });
const minio = (kind: string, of: object) => ({ type: `minio:index/x:${kind}`, name: "gold", ...of });
const quota = (hard: object) => object("v1", "ResourceQuota", { spec: { hard } });
const rules = (...alerts: string[]) =>
  object("monitoring.coreos.com/v1", "PrometheusRule", {
    spec: { groups: [{ name: "g", rules: alerts.map((alert) => ({ alert })) }] },
  });
const lifecycle = (days: number) =>
  object("objectbucket.io/v1alpha1", "ObjectBucketClaim", {
    spec: {
      additionalConfig: { bucketLifecycle: JSON.stringify({ Rules: [{ ID: "expire", Expiration: { Days: days } }] }) },
    },
  });
const versions = (status: string) => minio("S3BucketVersioning", { versioningConfiguration: { status } });
const user = (...operations: string[]) =>
  object("kafka.strimzi.io/v1", "KafkaUser", {
    spec: { authorization: { acls: [{ resource: { type: "topic", name: "orders" }, operations }] } },
  });
const topic = (ms: number) => object("kafka.strimzi.io/v1", "KafkaTopic", { spec: { config: { "retention.ms": ms } } });
const namespace = (level: string) =>
  object("v1", "Namespace", { metadata: { name: "x", labels: { "pod-security.kubernetes.io/enforce": level } } });
const service = (type?: string) => object("v1", "Service", { spec: { ...(type === undefined ? {} : { type }) } });
const grant = (...privileges: string[]) => ({ type: "postgresql:index/grant:Grant", role: "reader", privileges });
const pdb = (spec: object) => object("policy/v1", "PodDisruptionBudget", { spec });
const security = (of: object) => pods({ securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true, ...of } });
const memory = (size: string) => pods({ resources: { limits: { memory: size }, requests: { memory: size } } });
const release = (version: string) => ({ chart: "strimzi", namespace: "ns", version });

/** A change, and the harms that it does. */
const cases: readonly [what: string, before: unknown, after: unknown, harms: string[]][] = [
  ["a deleted bucket", minio("S3Bucket", {}), undefined, ["data: deletes stored data"]],
  [
    "a bucket that may be deleted with its objects",
    minio("S3Bucket", {}),
    minio("S3Bucket", { forceDestroy: true }),
    ["data: can be deleted with all of its objects (forceDestroy)"],
  ],
  [
    "versions that are kept no longer",
    versions("Enabled"),
    versions("Suspended"),
    ["data: keeps versions of objects no longer: what is deleted or overwritten is gone"],
  ],
  ["objects that end sooner", lifecycle(90), lifecycle(30), ["data: deletes objects after 30 days, not 90"]],
  [
    "records that end sooner",
    topic(604_800_000),
    topic(3_600_000),
    ["data: keeps records for less: 604800000 → 3600000"],
  ],
  [
    "backups that are gone",
    object("postgresql.cnpg.io/v1", "ScheduledBackup"),
    undefined,
    ["data: makes backups no longer"],
  ],
  [
    "fewer copies of a database",
    object("postgresql.cnpg.io/v1", "Cluster", { spec: { instances: 3 } }),
    object("postgresql.cnpg.io/v1", "Cluster", { spec: { instances: 1 } }),
    ["data: runs fewer copies of the database: 3 → 1"],
  ],
  [
    "a role with more verbs",
    role(rule(["pods"], ["get"])),
    role(rule(["pods", "secrets"], ["get", "delete"])),
    ["access: allows more: get secrets, delete pods, delete secrets"],
  ],
  [
    "a new role that reads secrets",
    undefined,
    role(rule(["secrets", "pods"], ["get"])),
    ["access: allows more: get secrets"],
  ],
  [
    "a role for somebody else",
    binding("reader", "a"),
    binding("reader", "a", "b"),
    ["access: gives the role reader to ServiceAccount b"],
  ],
  ["another role", binding("reader", "a"), binding("admin", "a"), ["access: gives the role admin, not reader"]],
  [
    "a policy of buckets with more actions",
    iam("s3:GetObject"),
    iam("s3:GetObject", "s3:DeleteObject"),
    ["access: allows more: s3:DeleteObject on gold/*"],
  ],
  [
    "a user of topics with more operations",
    user("Read"),
    user("Read", "Write"),
    ["access: allows more: Write topic orders"],
  ],
  ["more privileges in a database", grant("SELECT"), grant("SELECT", "INSERT"), ["access: allows reader more: INSERT"]],
  [
    "a database user with all rights",
    { type: "postgresql:index/role:Role" },
    { type: "postgresql:index/role:Role", superuser: true },
    ["access: a database user with more rights: superuser"],
  ],
  [
    "a wider range",
    policy({ podSelector: {}, policyTypes: ["Egress"], egress: [peer("10.1.0.0/16")] }),
    policy({ podSelector: {}, policyTypes: ["Egress"], egress: [peer("0.0.0.0/0")] }),
    ["access: opens a way out to 0.0.0.0/0 on TCP 443"],
  ],
  [
    "one more port",
    policy({ podSelector: {}, egress: [peer("10.1.0.0/16")] }),
    policy({ podSelector: {}, egress: [peer("10.1.0.0/16"), peer("10.1.0.0/16", 22)] }),
    ["access: opens a way out to 10.1.0.0/16 on TCP 22"],
  ],
  [
    "peers that are all",
    policy({ podSelector: {}, ingress: [{ from: [{ podSelector: { matchLabels: { app: "a" } } }] }] }),
    policy({ podSelector: {}, ingress: [{}] }),
    ["access: opens a way in from anywhere on any port"],
  ],
  [
    "a default that is gone",
    policy({ podSelector: {}, policyTypes: ["Ingress", "Egress"] }),
    undefined,
    ["access: no longer denies ingress and egress by default"],
  ],
  [
    "a service on every node",
    service(),
    service("NodePort"),
    ["access: can be reached from outside of the cluster (NodePort)"],
  ],
  [
    "a namespace for privileged pods",
    namespace("restricted"),
    namespace("privileged"),
    ["access: admits privileged pods, not only restricted ones"],
  ],
  [
    "a pod as root",
    security({}),
    security({ runAsNonRoot: false }),
    ["access: may run as root: spec.template.spec.containers[a].securityContext.runAsNonRoot"],
  ],
  [
    "a privileged pod",
    security({}),
    security({ privileged: true }),
    ["access: is privileged: spec.template.spec.containers[a].securityContext.privileged"],
  ],
  [
    "a server without TLS",
    { spec: { tls: true } },
    { spec: { tls: false } },
    ["access: is no longer encrypted as before: spec.tls"],
  ],
  [
    "a file of rights",
    object("v1", "ConfigMap", { data: { "access-control.json": "{}" } }),
    object("v1", "ConfigMap", { data: { "access-control.json": '{"a":1}' } }),
    ["access: changes a file of rights: access-control.json"],
  ],
  [
    "a halved quota",
    quota({ "pods": "8", "limits.memory": "64Gi" }),
    quota({ "pods": "4", "limits.memory": "32Gi" }),
    ["safety: holds less: pods 8 → 4, limits.memory 64Gi → 32Gi"],
  ],
  ["no quota", quota({ pods: "8" }), undefined, ["safety: bounds nothing any more"]],
  [
    "an older image",
    pods({ image: "r/trino:484" }),
    pods({ image: "r/trino:476" }),
    ["safety: runs an older image: r/trino 484 → 476"],
  ],
  [
    "an older image with a digest",
    pods({ image: "r/x:1.10.0@sha256:a" }),
    pods({ image: "r/x:1.9.9@sha256:b" }),
    ["safety: runs an older image: r/x 1.10.0 → 1.9.9"],
  ],
  [
    "another image",
    pods({ image: "r/trino:484" }),
    pods({ image: "evil/trino:484" }),
    ["safety: runs another image: r/trino:484 → evil/trino:484"],
  ],
  [
    "an image without its digest",
    pods({ image: "r/x:1@sha256:a" }),
    pods({ image: "r/x:1" }),
    ["safety: runs an image without its digest: r/x:1"],
  ],
  ["an older chart", release("1.2.0"), release("1.1.9"), ["safety: installs an older chart: 1.2.0 → 1.1.9"]],
  ["fewer pods", pods({}, 3), pods({}, 1), ["safety: runs fewer pods: 3 → 1"]],
  ["less memory", memory("8Gi"), memory("4Gi"), ["safety: has less memory: 8Gi → 4Gi"]],
  ["no disruption budget", pdb({ minAvailable: 1 }), undefined, ["safety: no longer keeps pods from ending together"]],
  [
    "a weaker disruption budget",
    pdb({ maxUnavailable: 1 }),
    pdb({ maxUnavailable: 3 }),
    ["safety: lets more pods end together: spec.maxUnavailable 1 → 3"],
  ],
  ["an alert that is gone", rules("A", "B"), rules("A"), ["safety: no longer alerts: B"]],
  [
    "a monitor that is gone",
    object("monitoring.coreos.com/v1", "PodMonitor"),
    undefined,
    ["safety: is no longer scraped"],
  ],
  [
    "a probe that is gone",
    pods({ livenessProbe: {} }),
    pods({}),
    ["safety: is no longer probed: spec.template.spec.containers[a].livenessProbe"],
  ],
];

/** Harmless changes: most of them a harmful one the other way round. */
const harmless: readonly [what: string, before: unknown, after: unknown][] = [
  ...cases
    .filter(([what]) => !/another|gone|rights|no |deleted/.test(what))
    .map(([what, before, after]) => [`${what}, taken back`, after, before] as [string, unknown, unknown]),
  ["a newer image", pods({ image: "r/x:1.9.0" }), pods({ image: "r/x:1.10.0" })],
  ["a new narrow policy", undefined, policy({ podSelector: {}, egress: [peer("10.1.0.0/16")] })],
  ["a policy that is gone", policy({ podSelector: {}, egress: [peer("10.1.0.0/16")] }), undefined],
  [
    "a label",
    object("v1", "Service", { metadata: { name: "x", labels: { a: "1" } } }),
    object("v1", "Service", { metadata: { name: "x", labels: { a: "2" } } }),
  ],
  ["the same rights in another order", iam("s3:GetObject", "s3:PutObject"), iam("s3:PutObject", "s3:GetObject")],
];

describe("the harm of a change", () => {
  for (const [what, before, after, expected] of cases)
    it(`is named: ${what}`, () => {
      assert.deepEqual(harms(before, after), expected);
    });

  for (const [what, before, after] of harmless)
    it(`is none: ${what}`, () => {
      assert.deepEqual(harms(before, after), []);
    });
});
