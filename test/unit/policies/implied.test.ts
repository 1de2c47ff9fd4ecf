import { connectionRequirePolicies } from "../../../policies/connections";
import { networkPolicy, object, named, type Json } from "./builders";
import { add, container, pod, remove, set } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

/** Connections that follow from a workload's kind, image or Secrets, without a host in its manifest. */

const API = "Deployment back/api";
const PG = "Cluster back/pg";

const egressTo = (to: Json, ...ports: number[]) =>
  networkPolicy("back", "api-out", {
    podSelector: { matchLabels: named("api") },
    policyTypes: ["Egress"],
    egress: [{ to: [to], ports: ports.map((port) => ({ port, protocol: "TCP" })) }],
  });
const range = (cidr: string) => ({ ipBlock: { cidr } });

const OPERATOR_SAYS =
  "back/pg: spec: Cluster back/pg has an operator that reads the status of each instance, and connects to the database, but no NetworkPolicy allows ingress at pg on port";
const OPERATOR_FIX = "Fix: add a Link from the operator to pg on port 8000 and 5432.";
const OPERATOR = "NetworkPolicy back/pg-from-cloudnative-pg";
const chart = {
  type: "kubernetes:helm.sh/v3:Release",
  name: "cnpg",
  props: { name: "cnpg", namespace: "operators", chart: "cloudnative-pg", version: "0.26.0", values: {} },
};

suite(connectionRequirePolicies, [
  {
    when: "database instances that their operator cannot reach",
    edit: remove(OPERATOR),
    says: [`${OPERATOR_SAYS} 8000 from any other pods. ${OPERATOR_FIX}`],
  },
  {
    when: "database instances that only they themselves reach on the port for the operator",
    edit: [
      remove(OPERATOR),
      set("NetworkPolicy back/pg-from-pg", ["spec", "ingress", 0, "ports"], [{ port: 5432 }, { port: 8000 }]),
    ],
    says: [`${OPERATOR_SAYS} 8000 from any other pods. ${OPERATOR_FIX}`],
  },
  {
    when: "an operator that may ask for the status, but not connect to the database",
    edit: set(OPERATOR, ["spec", "ingress", 0, "ports"], [{ port: 8000, protocol: "TCP" }]),
    says: [
      `${OPERATOR_SAYS} 5432 from pods with app.kubernetes.io/name=cloudnative-pg in namespace cnpg-system, which may reach port 8000. ${OPERATOR_FIX}`,
    ],
  },
  {
    when: "an operator of the stack that the policies leave out",
    edit: add(chart),
    says: [
      "cnpg: values: Release operators/cnpg needs pg (the operator reads the status of each instance, and connects to the database), but no NetworkPolicy allows egress from cnpg or ingress at pg on port 8000 and 5432. Fix: add a Link from cnpg to pg.",
    ],
  },
  {
    when: "backups to a store that a custom resource of the database names",
    edit: [
      set(PG, "spec.plugins", [
        { name: "barman-cloud.cloudnative-pg.io", parameters: { barmanObjectName: "backups" } },
        { name: "barman-cloud.cloudnative-pg.io", enabled: false, parameters: { barmanObjectName: "unused" } },
      ]),
      add(
        ...["backups", "unused"].map((name) =>
          object("barmancloud.cnpg.io/v1:ObjectStore", "back", name, {
            spec: { configuration: { endpointURL: `http://${name}.rook-ceph.svc:80` } },
          }),
        ),
      ),
    ],
    says: [
      "back/pg: ObjectStore backups spec.configuration.endpointURL: Cluster back/pg uses backups.rook-ceph.svc:80, but no NetworkPolicy allows egress from pg on port 80. Fix: add a Link from pg to backups.rook-ceph.svc.",
    ],
  },
  {
    when: "a driver that cannot reach its executors",
    edit: remove("NetworkPolicy jobs/driver-to-executor"),
    says: [
      "jobs/daily: spec.driver: SparkApplication jobs/daily (driver) needs daily-executor (the driver fetches results from its executors), but no NetworkPolicy allows egress from daily-driver on port 7079. Fix: add a Link from daily-driver to daily-executor.",
    ],
  },
  {
    when: "executors that cannot reach each other",
    edit: remove("NetworkPolicy jobs/executor-to-executor", "NetworkPolicy jobs/executor-from-executor"),
    says: [
      "jobs/daily: spec.executor: SparkApplication jobs/daily (executor) needs daily-executor (executors fetch blocks from each other), but no NetworkPolicy allows egress from daily-executor or ingress at daily-executor on port 7079. Fix: add a Link from daily-executor to daily-executor.",
    ],
  },
  {
    when: "executors that listen on a random port",
    edit: [
      set("SparkApplication jobs/daily", ["spec", "sparkConf", "spark.blockManager.port"], undefined),
      remove("NetworkPolicy jobs/executor-to-executor", "NetworkPolicy jobs/executor-from-executor"),
    ],
  },
  {
    when: "addresses on another port where somebody else's Service is needed",
    edit: [
      set(API, container("env"), [{ name: "S3", value: "http://rgw.rook-ceph.svc:80" }]),
      add(egressTo(range("0.0.0.0/0"), 443)),
    ],
    says: [
      "back/api: spec.template.spec.containers[0].env[0].value: Deployment back/api uses rgw.rook-ceph.svc:80, but no NetworkPolicy allows egress from api on port 80. Fix: add a Link from api to rgw.rook-ceph.svc.",
    ],
  },
  {
    when: "addresses on the port of somebody else's Service",
    edit: [
      set(API, container("env"), [{ name: "S3", value: "http://rgw.rook-ceph.svc" }]),
      add(egressTo(range("10.1.2.0/24"), 80)),
    ],
  },
  {
    when: "libraries that an init container fetches, with access to the API server alone",
    edit: set(API, pod("initContainers"), [
      { name: "jars", command: ["/bin/sh", "-ec"], args: ["cd /jars\nmvn -q dependency:copy -Dartifact=a:b:1"] },
    ]),
    says: [
      "back/api: spec.template.spec.initContainers[0].args[0]: Deployment back/api fetches from the internet with mvn in container jars, but no NetworkPolicy allows egress from api to an ipBlock on port 443. Fix: add a Link from api to the addresses that it fetches from on port 443.",
    ],
  },
  {
    when: "libraries that an init container may fetch",
    edit: [
      set(API, pod("initContainers"), [{ name: "deps", command: ["pip", "install", "-r", "requirements.txt"] }]),
      add(egressTo(range("0.0.0.0/0"), 443)),
    ],
  },
  {
    when: "libraries that executors fetch",
    edit: set("SparkApplication jobs/daily", "spec.executor.template.spec.initContainers", [
      { name: "jars", args: ["wget", "https://repo.example.com/a.jar"] },
    ]),
    says: [
      "jobs/daily: spec.executor.template.spec.initContainers[0].args[0]: SparkApplication jobs/daily (executor) fetches from the internet with wget in container jars, but no NetworkPolicy allows egress from daily-executor to an ipBlock on port 443. Fix: add a Link from daily-executor to the addresses that it fetches from on port 443.",
      "jobs/daily: spec.executor.template.spec.initContainers[0].args[1]: SparkApplication jobs/daily (driver) uses repo.example.com:443, but no NetworkPolicy allows egress from daily-driver to an ipBlock on port 443. Fix: add a Link from daily-driver to repo.example.com:443.",
      "jobs/daily: spec.executor.template.spec.initContainers[0].args[1]: SparkApplication jobs/daily (executor) uses repo.example.com:443, but no NetworkPolicy allows egress from daily-executor to an ipBlock on port 443. Fix: add a Link from daily-executor to repo.example.com:443.",
    ],
  },
  { when: "commands that are not known yet", edit: set(API, container("command"), ["sh", "-c", UNKNOWN]) },
]);
