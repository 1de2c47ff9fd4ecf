import { maybe, one, system } from "../../core/system";
import { chart, image, operator } from "../../core/uses";
import { shared } from "../../core/versions";
import { cluster } from "./check";
import { HEALTH, PORT } from "./kibana.config";
import { accessMonitoring, kibanaMonitoring, logstashMonitoring, monitoring } from "./monitoring";
import { operatorMonitoring } from "./operator.monitoring";
import { pins } from "./pins";
import {
  ACCESS,
  accessPods,
  KIBANA,
  kibanaPods,
  LOGSTASH,
  logstashPods,
  NAME,
  nodePods,
  OPERATOR,
  operatorPods,
} from "./pods";
import { elasticsearch as settings } from "./settings";

const PATH = "lakehouse:storage.elasticsearch";

const production = (nodes: number, volume: string) => ({
  operatorSize: { replicas: 2, cpu: 0.25, memory: "512Mi" },
  data: { replicas: nodes, cpu: 4, memory: "32Gi" },
  manager: { replicas: 3, cpu: 1, memory: "4Gi" },
  coordinator: { replicas: 2, cpu: 2, memory: "8Gi" },
  volume,
  kibana: { server: { replicas: 2, cpu: 1, memory: "2Gi" } },
  logstash: { server: { replicas: 2, cpu: 2, memory: "4Gi" }, volume: "32Gi" },
});

export const elasticsearch = system({
  section: "storage",
  key: "elasticsearch",
  summary: "Logs and full-text search: Elasticsearch with Kibana and Logstash, by Elastic's operator (ECK).",
  settings,
  presets: {
    dev: {
      data: { replicas: 1, cpu: 0.25, memory: "1536Mi" },
      volume: "5Gi",
      kibana: { server: { cpu: 0.1, memory: "1Gi" } },
      logstash: { server: { cpu: 0.1, memory: "1Gi" }, volume: "2Gi" },
    },
    minimal: production(3, "500Gi"),
    medium: production(6, "1Ti"),
    large: production(12, "2Ti"),
  },
  // Logstash runs where there are pipelines.
  example: { logstash: { pipelines: [{ topic: "app", stream: "logs-app" }] } },
  // Half is heap; Logstash's plugins and JRuby, and Kibana's own plugins, need as much beside it. The operator is a program in Go.
  least: {
    "operatorSize": 0,
    "data": 1280,
    "manager": 1280,
    "coordinator": 1280,
    "kibana.server": 1024,
    "logstash.server": 1024,
    "exporter": 0,
  },
  check: cluster,
  pins,
  uses: (own) => {
    const on = {
      service: NAME,
      setting: `${PATH}.enabled`,
      instead: "false, with lakehouse:storage.opensearch.enabled: true as the open alternative",
    };
    const deployed = { ...on, service: OPERATOR, setting: `${PATH}.operator`, instead: "existing" };
    return [
      image(pins.elasticsearch, on),
      image(shared.elasticsearchExporter, on),
      ...(own.operator === "deployed"
        ? [...operator(pins.eckOperator, deployed), chart(pins.eckOperatorCrds, deployed)]
        : []),
      ...(own.kibana.enabled
        ? [image(pins.kibana, { service: KIBANA, setting: `${PATH}.kibana.enabled`, instead: "false" })]
        : []),
      ...(own.logstash.pipelines.length > 0
        ? [image(pins.logstash, { service: LOGSTASH, setting: `${PATH}.logstash.pipelines`, instead: "none" })]
        : []),
    ];
  },
  clients: [NAME, ACCESS, KIBANA, LOGSTASH],
  needs: { objects: one("objects"), log: maybe("log") },
  gives: ["search", "source"],
  pods: ({ platform, settings: own }) => [
    ...(own.operator === "deployed" ? operatorPods(platform, own) : []),
    ...nodePods(platform, own),
    ...accessPods(platform, own),
    ...kibanaPods(platform, own),
    ...logstashPods(platform, own),
  ],
  monitoring: () => ({
    [OPERATOR]: operatorMonitoring,
    [NAME]: monitoring,
    [ACCESS]: accessMonitoring,
    [KIBANA]: kibanaMonitoring,
    [LOGSTASH]: logstashMonitoring,
  }),
  doors: ({ platform, settings: own }) => [
    {
      name: KIBANA,
      kind: "web",
      namespace: platform.namespace("storage"),
      service: KIBANA,
      port: PORT,
      health: HEALTH,
      signIn: "users of Elasticsearch by password",
      there: own.kibana.enabled,
    },
  ],
  compose: { cannot: "its operator makes its nodes, certificates and users" },
  create: ({ platform, settings: own, objects, log, grants }, opts) => {
    const { elasticOperator } = require("./operator") as typeof import("./operator");
    const { Elasticsearch } = require("./elasticsearch") as typeof import("./elasticsearch");
    const { ElasticsearchAccess } = require("./access") as typeof import("./access");
    const { Kibana } = require("./kibana") as typeof import("./kibana");
    const { Logstash } = require("./logstash") as typeof import("./logstash");
    const { peer, services: operators } = elasticOperator(platform, own, opts);
    // Custom resources depend on the operator, which brings their CRDs.
    const after = { ...opts, dependsOn: [...operators] };
    const store = new Elasticsearch(NAME, { platform, settings: own, objects, operator: peer }, after);
    const access = new ElasticsearchAccess(ACCESS, { platform, settings: own, store, described: grants }, opts);
    const kibana = own.kibana.enabled ? [new Kibana(KIBANA, { platform, settings: own, access }, after)] : [];
    const logstash =
      own.logstash.pipelines.length > 0 && log !== undefined
        ? [new Logstash(LOGSTASH, { platform, settings: own, events: log.events, search: access }, after)]
        : [];
    const services = [...operators, store, access, ...kibana, ...logstash];
    return { services, search: access, source: access.source };
  },
});
