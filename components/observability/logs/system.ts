import { one, system } from "../../core/system";
import { image, operator } from "../../core/uses";
import { check } from "./check";
import { agentMonitoring, lokiMonitoring } from "./monitoring";
import { pins } from "./pins";
import { ALLOY, alloyPods, LOKI, lokiPods } from "./pods";
import { logs as settings } from "./settings";

const source = { service: LOKI, setting: "lakehouse:observability.logs.store", instead: "existing or off" };

export const logs = system({
  section: "observability",
  key: "logs",
  summary: "Logs of every pod, by level and query: Loki in the object store, and Alloy on each node.",
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
  check,
  compose: { cannot: "its agents read files of Kubernetes' nodes" },
  pins,
  uses: () => [image(pins.loki, source), ...operator(pins.alloy, source)],
  clients: [LOKI],
  keepsObjects: true,
  needs: { objects: one("objects") },
  gives: ["logs"],
  pods: ({ platform, settings: own }) => [...lokiPods(platform, own), ...alloyPods(platform)],
  monitoring: () => ({ [LOKI]: lokiMonitoring, [ALLOY]: agentMonitoring }),
  create: ({ objects, ...args }, opts) => {
    const { Loki, LogAgent } = require("./logs") as typeof import("./logs");
    const store = new Loki({ ...args, objects }, opts);
    return { services: [store, new LogAgent(args, store.endpoint, opts)], logs: store };
  },
});
