import { every, one, system } from "../../core/system";
import { image, operator } from "../../core/uses";
import { check } from "./check";
import { agentMonitoring, lokiMonitoring } from "./monitoring";
import { collectorMonitoring } from "./collector.monitoring";
import { pins } from "./pins";
import { ALLOY, alloyPods, COLLECTOR, collectorPods, LOKI, lokiPods } from "./pods";
import { logs as settings } from "./settings";

const source = { service: LOKI, setting: "lakehouse:observability.logs.store", instead: "existing or off" };

export const logs = system({
  section: "observability",
  key: "logs",
  summary:
    "Logs of every pod, by level and query: in Loki, by Alloy on each node, or in OpenSearch or Elasticsearch, by OpenTelemetry's collector.",
  settings,
  presets: {
    dev: { server: { cpu: 0.05, memory: "384Mi" }, volume: "2Gi", retentionDays: 3 },
    minimal: { server: { replicas: 3, cpu: 1, memory: "4Gi" }, volume: "50Gi" },
    medium: { server: { replicas: 3, cpu: 2, memory: "8Gi" }, volume: "100Gi", retentionDays: 30 },
    large: { server: { replicas: 3, cpu: 4, memory: "16Gi" }, volume: "200Gi", retentionDays: 30 },
  },
  // A program in Go.
  least: { server: 0 },
  switch: { key: "store", value: "loki" },
  on: ({ store }) => store !== "existing" && store !== "off",
  others: [{ store: "opensearch" }, { store: "elasticsearch" }],
  check,
  compose: { cannot: "its agents read files of Kubernetes' nodes" },
  pins,
  uses: ({ store }) =>
    store === "loki"
      ? [image(pins.loki, source), ...operator(pins.alloy, source)]
      : operator(pins.collector, { ...source, service: COLLECTOR }),
  clients: [LOKI, COLLECTOR],
  keepsObjects: ({ store }) => store === "loki",
  needs: { objects: one("objects"), stores: every("search") },
  gives: ["logs"],
  pods: ({ platform, settings: own }) =>
    own.store === "loki" ? [...lokiPods(platform, own), ...alloyPods(platform)] : collectorPods(platform),
  monitoring: () => ({ [LOKI]: lokiMonitoring, [ALLOY]: agentMonitoring, [COLLECTOR]: collectorMonitoring }),
  create: ({ objects, stores, ...args }, opts) => {
    if (args.settings.store !== "loki") {
      const { LogCollector } = require("./collector") as typeof import("./collector");
      const collector = new LogCollector({ ...args, stores }, opts);
      return { services: [collector], logs: collector };
    }
    const { Loki, LogAgent } = require("./logs") as typeof import("./logs");
    const store = new Loki({ ...args, objects }, opts);
    return { services: [store, new LogAgent(args, store.endpoint, opts)], logs: store };
  },
});
