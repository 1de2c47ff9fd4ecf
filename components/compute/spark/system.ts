import { NO_LIBRARIES } from "../../core/jars";
import { maybe, one, system } from "../../core/system";
import { fetched, image, operator } from "../../core/uses";
import { shared } from "../../core/versions";
import { sparkFor } from "../event-logs";
import { jobTables, sparkTables } from "../spark-tables";
import { maintainedPolicies } from "./maintenance";
import { pins } from "./pins";
import { sparkOperatorPods, sparkPods } from "./pods";
import { spark as settings } from "./settings";
import { sparkMonitoring } from "./monitoring";
import { sparkOperatorMonitoring } from "./operator.monitoring";

const production = (executors: number) => ({
  operatorSize: { replicas: 2, cpu: 0.5, memory: "1Gi" },
  driver: { replicas: Math.max(2, Math.ceil(executors / 10)), cpu: 2, memory: "8Gi" },
  executor: { replicas: executors, cpu: 4, memory: "16Gi" },
});

/** Batch processing of what the stack stores. */
export const spark = system({
  summary: "Batch processing of what the stack stores.",
  section: "compute",
  key: "spark",
  settings,
  presets: {
    dev: {
      driver: { replicas: 1, cpu: 0.25, memory: "1Gi" },
      executor: { replicas: 1, cpu: 0.5, memory: "1536Mi" },
      operatorSize: { cpu: 0.1, memory: "256Mi" },
    },
    homelab: { driver: { replicas: 4, cpu: 0.75, memory: "4Gi" }, executor: { replicas: 4, cpu: 1, memory: "8Gi" } },
    minimal: production(10),
    medium: production(40),
    large: production(100),
  },
  moved: [{ key: "operator", to: "operatorSize", is: (value) => typeof value === "object" }],
  least: { operatorSize: 0, driver: 896, executor: 896 },
  // Without it nothing looks at tables between two runs of maintenance.
  example: { maintenance: { lookHours: 6 } },
  pins,
  uses: (own, stack) => {
    const path = "lakehouse:compute.spark";
    const spark = sparkFor({
      tables: true,
      eventLogs: stack.gives("eventLogs"),
      delta: stack.formats.delta,
      lineage: stack.gives("governance"),
    });
    const source = { service: "spark", setting: `${path}.image`, instead: "an own image" };
    return [
      ...(own.operator === "deployed"
        ? operator(pins.sparkOperator, { ...source, setting: `${path}.operator`, instead: "existing" })
        : []),
      ...(own.image === undefined ? [image(shared.spark, source)] : []),
      ...(own.jars === "fetch" ? fetched("spark", path, spark) : []),
    ];
  },
  clients: ["spark"],
  tableEngine: () => ({ ...sparkTables, writes: jobTables }),
  needs: {
    objects: one("objects"),
    tables: one("tables"),
    libraries: maybe("libraries"),
    eventLogs: maybe("eventLogs"),
    queues: maybe("queues"),
    governance: maybe("governance"),
    vending: maybe("vending"),
  },
  gives: ["jobs"],
  pods: ({ platform, settings: own }) => [
    ...(own.operator === "deployed" ? sparkOperatorPods(platform, own) : []),
    ...sparkPods(platform, own),
  ],
  check: maintainedPolicies,
  monitoring: ({ platform, settings: own }) => ({
    "spark": sparkMonitoring(platform.namespace("compute")),
    "spark-operator": sparkOperatorMonitoring(own.maintenance),
  }),
  compose: { cannot: "each of its jobs is pods that Kubernetes makes and ends" },
  create: ({ libraries = NO_LIBRARIES, stack, ...args }, opts) => {
    const { sparkOperator } = require("./operator") as typeof import("./operator");
    const { Spark } = require("./spark") as typeof import("./spark");
    const { services: operators } = sparkOperator(args.platform, args.settings, opts);
    // Without a scheduler that submits jobs, they have schedules of their own.
    const unattended = !stack.gives("scheduler");
    const spark = new Spark("spark", { ...args, formats: stack.formats, operators, libraries, unattended }, opts);
    return { services: [...operators, spark], jobs: { jobs: spark.jobs, namespace: spark.namespace } };
  },
});
