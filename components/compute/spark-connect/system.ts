import { NO_LIBRARIES } from "../../core/jars";
import { maybe, one, system } from "../../core/system";
import { fetched, image } from "../../core/uses";
import { shared } from "../../core/versions";
import { sparkFor } from "../event-logs";
import { sparkTables } from "../spark-tables";
import { PORT } from "./config";
import { sparkConnectMonitoring } from "./monitoring";
import { sparkConnectPods } from "./pods";
import { single, sparkConnect as settings } from "./settings";

const production = (executors: number) => ({
  server: { cpu: 2, memory: "8Gi" },
  executor: { replicas: executors, cpu: 4, memory: "16Gi" },
});

/** Sessions of Spark for notebooks and programs. */
export const sparkConnect = system({
  summary: "Sessions of Spark for notebooks and programs, which have Spark's client library alone.",
  section: "compute",
  key: "sparkConnect",
  settings,
  presets: {
    dev: { server: { cpu: 0.25, memory: "1Gi" }, executor: { replicas: 1, cpu: 0.5, memory: "1Gi" } },
    homelab: { server: { cpu: 0.5, memory: "3Gi" }, executor: { replicas: 2, cpu: 1, memory: "4Gi" } },
    minimal: production(4),
    medium: production(6),
    large: production(20),
  },
  least: { server: 896, executor: 896 },
  check: single,
  uses: (own, stack) => {
    const path = "lakehouse:compute.sparkConnect";
    const source = { service: "spark-connect", setting: `${path}.image`, instead: "an own image" };
    const spark = sparkFor({
      tables: true,
      eventLogs: stack.gives("eventLogs"),
      delta: stack.formats.delta,
      lineage: stack.gives("governance"),
    });
    return [
      ...(own.image === undefined ? [image(shared.spark, source)] : []),
      ...(own.jars === "fetch" ? fetched("spark-connect", path, spark) : []),
    ];
  },
  clients: ["spark-connect"],
  tableEngine: () => ({ ...sparkTables, name: `Spark Connect ${shared.spark.version}` }),
  needs: {
    objects: one("objects"),
    tables: one("tables"),
    libraries: maybe("libraries"),
    eventLogs: maybe("eventLogs"),
    governance: maybe("governance"),
  },
  gives: ["sparkConnect"],
  pods: ({ platform, settings: own }) => sparkConnectPods(platform, own),
  monitoring: ({ platform }) => ({ "spark-connect": sparkConnectMonitoring(platform.namespace("spark-connect")) }),
  doors: ({ platform }) => {
    const place = { namespace: platform.namespace("spark-connect"), service: "spark-connect" };
    return [
      {
        ...place,
        name: "spark-connect",
        kind: "spark-connect",
        port: PORT,
        scheme: "sc",
        signIn: "who has its token",
        pods: { role: "server" },
      },
    ];
  },
  compose: { standIns: (objects) => (require("./composed") as typeof import("./composed")).standIns(objects) },
  create: ({ libraries = NO_LIBRARIES, ...args }, opts) => {
    const { SparkConnectServer } = require("./spark-connect") as typeof import("./spark-connect");
    const server = new SparkConnectServer("spark-connect", { ...args, libraries }, opts);
    return { services: [server], sparkConnect: server };
  },
});
