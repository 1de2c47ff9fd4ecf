import { NO_LIBRARIES } from "../../core/jars";
import { maybe, one, system } from "../../core/system";
import { fetched, image, operator } from "../../core/uses";
import { pins } from "./pins";
import { flinkOperatorPods, flinkPods } from "./pods";
import { flink as settings } from "./settings";
import { flinkMonitoring } from "./monitoring";
import { flinkOperatorMonitoring } from "./operator.monitoring";
import { PORTS } from "./config";
import { jobTables, ORDERS } from "./job";

const production = (taskManagers: number) => ({
  operatorSize: { replicas: 2, cpu: 0.25, memory: "1Gi" },
  jobManager: { replicas: 2, cpu: 1, memory: "2Gi" },
  taskManager: { replicas: taskManagers },
});

/** A job on streams: from a topic to tables. */
export const flink = system({
  summary: "A job on streams: from a topic to tables.",
  section: "streaming",
  key: "flink",
  layer: "processing",
  settings,
  presets: {
    dev: {
      operatorSize: { cpu: 0.1, memory: "512Mi" },
      jobManager: { cpu: 0.2, memory: "1Gi" },
      taskManager: { replicas: 1, cpu: 0.25, memory: "1536Mi" },
      partitions: 3,
      disk: "2Gi",
    },
    // The smallest tier's bill has no Flink; two are enough to try it.
    minimal: production(2),
    medium: production(5),
    large: production(10),
  },
  least: { operatorSize: 0, jobManager: 1024, taskManager: 1536 },
  pins,
  uses: (own) => {
    const path = "lakehouse:streaming.flink";
    const source = { service: "flink", setting: `${path}.image`, instead: "an own image" };
    return [
      ...(own.operator === "deployed"
        ? operator(pins.flinkOperator, { ...source, setting: `${path}.operator`, instead: "existing" })
        : []),
      ...(own.image === undefined ? [image(pins.flink, source)] : []),
      ...(own.jars === "fetch" ? fetched("flink", path, pins.flink) : []),
    ];
  },
  clients: ["flink"],
  // Iceberg 1.10 appends to tables of version 3, which is all that the job does; it may not compact them, nor change rows.
  tableEngine: () => ({
    name: `Flink ${pins.flink.version}`,
    does: { "iceberg 2": "writes", "iceberg 3": "writes" },
    writes: Object.fromEntries(jobTables(ORDERS).map((table) => [table, ["iceberg 2", "iceberg 3"] as const])),
  }),
  needs: { log: one("log"), objects: one("objects"), tables: one("tables"), libraries: maybe("libraries") },
  gives: [],
  pods: ({ platform, settings: own }) => [
    ...(own.operator === "deployed" ? flinkOperatorPods(platform, own) : []),
    ...flinkPods(platform, own),
  ],
  monitoring: () => ({ "flink": flinkMonitoring, "flink-operator": flinkOperatorMonitoring }),
  doors: ({ platform }) => [
    {
      name: "flink-ui",
      kind: "web",
      namespace: platform.namespace("processing"),
      service: `${ORDERS.name}-rest`,
      port: PORTS.rest,
      health: "/overview",
      signIn: undefined,
      pods: { service: "flink", role: "jobmanager" },
    },
  ],
  compose: { cannot: "Kubernetes keeps from which checkpoint its job goes on" },
  create: ({ log, libraries = NO_LIBRARIES, stack, ...args }, opts) => {
    const { flinkOperator } = require("./operator") as typeof import("./operator");
    const { Flink } = require("./flink") as typeof import("./flink");
    const child = { ...opts, aliases: [{ parent: log.formerParent }] };
    const { peer: operator, services: operators } = flinkOperator(args.platform, args.settings, child);
    const after = [...operators, log.running];
    const flink = new Flink(
      "flink",
      { ...args, libraries, formats: stack.formats, events: log.events, operator, after },
      child,
    );
    return { services: [...operators, flink] };
  },
});
