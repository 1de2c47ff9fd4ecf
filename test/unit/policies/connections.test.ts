import { connectionRequirePolicies, networkPolicyRequireCounterpart } from "../../../policies/connections";
import { container, remove, retype, set } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

const WEB = "Deployment front/web";
const API = "Deployment back/api";

suite(connectionRequirePolicies, [
  {
    when: "a host in a mounted ConfigMap without egress",
    edit: remove("NetworkPolicy front/web-to-api"),
    says: [
      'front/web: ConfigMap web-config data["app.properties"]: Deployment front/web uses api.back.svc:80, but no NetworkPolicy allows egress from web on port 8080. Fix: add a Link from web to api.',
    ],
  },
  {
    when: "a host in a mounted ConfigMap without ingress",
    edit: remove("NetworkPolicy back/api-from-web"),
    says: [
      'front/web: ConfigMap web-config data["app.properties"]: Deployment front/web uses api.back.svc:80, but no NetworkPolicy allows ingress at api on port 8080. Fix: add a Link from web to api.',
    ],
  },
  {
    when: "a database in an environment variable without either",
    edit: remove("NetworkPolicy back/api-to-pg", "NetworkPolicy back/pg-from-api"),
    says: [
      "back/api: spec.template.spec.containers[0].env[0].value: Deployment back/api uses pg-rw.back.svc:5432, but no NetworkPolicy allows egress from api or ingress at pg on port 5432. Fix: add a Link from api to pg.",
    ],
  },
  {
    when: "the port of the Service where the container listens on another",
    edit: set("NetworkPolicy back/api-from-web", ["spec", "ingress", 0, "ports", 0, "port"], 80),
    says: [
      'front/web: ConfigMap web-config data["app.properties"]: Deployment front/web uses api.back.svc:80, but no NetworkPolicy allows ingress at api on port 8080. Fix: add a Link from web to api.',
    ],
  },
  {
    when: "the same of a Service that selects one pod of a StatefulSet by the label of its controller",
    edit: [
      retype(API, "kubernetes:apps/v1:StatefulSet"),
      set("Service back/api", ["spec", "selector", "statefulset.kubernetes.io/pod-name"], "api-0"),
      set("NetworkPolicy back/api-from-web", ["spec", "ingress", 0, "ports", 0, "port"], 80),
    ],
    says: [
      'front/web: ConfigMap web-config data["app.properties"]: Deployment front/web uses api.back.svc:80, but no NetworkPolicy allows ingress at api on port 8080. Fix: add a Link from web to api.',
    ],
  },
  {
    when: "the name of the container's port",
    edit: set("NetworkPolicy back/api-from-web", ["spec", "ingress", 0, "ports", 0, "port"], "http"),
  },
  {
    when: "a range of ports",
    edit: set("NetworkPolicy back/api-from-web", ["spec", "ingress", 0, "ports", 0], { port: 8000, endPort: 8100 }),
  },
  {
    when: "a range of ports beside it",
    edit: set("NetworkPolicy back/api-from-web", ["spec", "ingress", 0, "ports", 0], { port: 8081, endPort: 8100 }),
    says: [
      'front/web: ConfigMap web-config data["app.properties"]: Deployment front/web uses api.back.svc:80, but no NetworkPolicy allows ingress at api on port 8080. Fix: add a Link from web to api.',
    ],
  },
  {
    when: "a policy for other pods of the same namespace",
    edit: set("NetworkPolicy back/api-from-web", "spec.podSelector.matchLabels", { "app.kubernetes.io/name": "pg" }),
    says: [
      'front/web: ConfigMap web-config data["app.properties"]: Deployment front/web uses api.back.svc:80, but no NetworkPolicy allows ingress at api on port 8080. Fix: add a Link from web to api.',
    ],
  },
  {
    when: "somebody else's object store without egress",
    edit: remove("NetworkPolicy jobs/daily-to-rgw"),
    says: [
      'jobs/daily: spec.sparkConf["spark.hadoop.fs.s3a.endpoint"]: SparkApplication jobs/daily (driver) uses rgw.rook-ceph.svc:80, but no NetworkPolicy allows egress from daily-driver on port 80. Fix: add a Link from daily-driver to rgw.rook-ceph.svc.',
      'jobs/daily: spec.sparkConf["spark.hadoop.fs.s3a.endpoint"]: SparkApplication jobs/daily (executor) uses rgw.rook-ceph.svc:80, but no NetworkPolicy allows egress from daily-executor on port 80. Fix: add a Link from daily-executor to rgw.rook-ceph.svc.',
    ],
  },
  {
    when: "executors that cannot reach their driver",
    edit: remove("NetworkPolicy jobs/driver-from-executor"),
    says: [
      "jobs/daily: spec.executor: SparkApplication jobs/daily (executor) needs daily-driver (executors register with their driver and fetch blocks from it), but no NetworkPolicy allows ingress at daily-driver on port 7078 and 7079. Fix: add a Link from daily-executor to daily-driver.",
    ],
  },
  {
    when: "standbys that cannot reach their primary",
    edit: remove("NetworkPolicy back/pg-to-pg"),
    says: [
      "back/pg: spec: Cluster back/pg needs pg (standbys stream from the primary), but no NetworkPolicy allows egress from pg on port 5432. Fix: add a Link from pg to pg.",
    ],
  },
  {
    when: "a host without a Service in a namespace of the stack",
    edit: set(API, container("env"), [{ name: "META", value: "thrift://meta.front.svc.cluster.local:9083" }]),
    says: [
      "back/api: spec.template.spec.containers[0].env[0].value: Deployment back/api uses meta.front.svc:9083, but no NetworkPolicy allows egress from api or ingress at meta.front.svc on port 9083. Fix: add a Link from api to meta.front.svc.",
    ],
  },
  {
    when: "a host in arguments",
    edit: set(WEB, container("args"), ["--meta=http://pg-r.back.svc:5432"]),
    says: [
      "front/web: spec.template.spec.containers[0].args[0]: Deployment front/web uses pg-r.back.svc:5432, but no NetworkPolicy allows egress from web or ingress at pg on port 5432. Fix: add a Link from web to pg.",
    ],
  },
  {
    when: "a short name of a Service",
    edit: [
      set("ConfigMap front/web-config", ["data", "app.properties"], "api.url=http://api.back/"),
      remove("NetworkPolicy back/api-from-web"),
    ],
    says: [
      'front/web: ConfigMap web-config data["app.properties"]: Deployment front/web uses api.back, but no NetworkPolicy allows ingress at api on port 8080. Fix: add a Link from web to api.',
    ],
  },
  {
    when: "a host in a comment",
    edit: set("ConfigMap front/web-config", ["data", "app.properties"], "# api.url=http://gone.back.svc:1\n"),
  },
  {
    when: "a bucket, which is no host",
    edit: set("ConfigMap front/web-config", ["data", "app.properties"], "data=s3://bucket.example.com/key\n"),
  },
  {
    when: "a configuration that is not known yet",
    edit: set("ConfigMap front/web-config", ["data", "app.properties"], UNKNOWN),
  },
  {
    when: "a missing policy while another value is not known yet",
    edit: [set(WEB, container("image"), UNKNOWN), remove("NetworkPolicy front/web-to-api")],
    says: [
      'front/web: ConfigMap web-config data["app.properties"]: Deployment front/web uses api.back.svc:80, but no NetworkPolicy allows egress from web on port 8080. Fix: add a Link from web to api.',
    ],
  },
  {
    when: "replicas of a StatefulSet that cannot reach each other",
    edit: [
      retype(API, "kubernetes:apps/v1:StatefulSet"),
      set("StatefulSet back/api", container("env"), [{ name: "PEERS", value: "http://api-{0...3}.api.back.svc:80" }]),
    ],
    says: [
      "back/api: spec.template.spec.containers[0].env[0].value: StatefulSet back/api uses api.back.svc:80, but no NetworkPolicy allows egress from api or ingress at api on port 8080. Fix: add a Link from api to api.",
    ],
  },
  {
    when: "replicas of a Deployment that know their own address",
    edit: set(API, container("env"), [{ name: "PUBLIC_URL", value: "http://api.back.svc" }]),
  },
]);

suite(networkPolicyRequireCounterpart, [
  {
    when: "egress alone",
    edit: remove("NetworkPolicy back/api-from-web"),
    says: [
      "front/web-to-api: spec.egress[0].to[0]: NetworkPolicy front/web-to-api allows egress to back on port 8080, but no policy there allows the ingress. Fix: add the ingress policy to back, or remove this one; a Link makes both.",
    ],
  },
  {
    when: "ingress alone",
    edit: remove("NetworkPolicy front/web-to-api"),
    says: [
      "back/api-from-web: spec.ingress[0].from[0]: NetworkPolicy back/api-from-web allows ingress from front on port 8080, but no policy there allows the egress. Fix: add the egress policy to front, or remove this one; a Link makes both.",
    ],
  },
  {
    when: "another port",
    edit: set("NetworkPolicy back/api-from-web", ["spec", "ingress", 0, "ports", 0, "port"], 9090),
    says: [
      "front/web-to-api: spec.egress[0].to[0]: NetworkPolicy front/web-to-api allows egress to back on port 8080, but no policy there allows the ingress. Fix: add the ingress policy to back, or remove this one; a Link makes both.",
      "back/api-from-web: spec.ingress[0].from[0]: NetworkPolicy back/api-from-web allows ingress from front on port 9090, but no policy there allows the egress. Fix: add the egress policy to front, or remove this one; a Link makes both.",
    ],
  },
  {
    when: "the same port by name",
    edit: set("NetworkPolicy back/api-from-web", ["spec", "ingress", 0, "ports", 0, "port"], "http"),
  },
  { when: "one side where the other is somebody else's", edit: remove("Namespace back") },
]);
