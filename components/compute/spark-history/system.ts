import { NO_LIBRARIES } from "../../core/jars";
import { maybe, one, system } from "../../core/system";
import { fetched, image } from "../../core/uses";
import { shared } from "../../core/versions";
import { sparkFor } from "../event-logs";
import { PORT } from "./config";
import { monitoring } from "./monitoring";
import { sparkHistoryPods } from "./pods";
import { single, sparkHistory as settings } from "./settings";

const production = { server: { cpu: 1, memory: "4Gi" }, store: "20Gi" };

/** What Spark's applications did, after they have ended. */
export const sparkHistory = system({
  summary: "What Spark's applications did, after they have ended: jobs, stages, tasks, plans of queries.",
  section: "compute",
  key: "sparkHistory",
  settings,
  presets: {
    dev: { server: { cpu: 0.1, memory: "1Gi" }, store: "1Gi" },
    minimal: production,
    medium: production,
    large: { server: { cpu: 2, memory: "8Gi" }, store: "50Gi" },
  },
  least: { server: 1024 },
  check: single,
  uses: (own) => {
    const path = "lakehouse:compute.sparkHistory";
    const source = { service: "spark-history", setting: `${path}.image`, instead: "an own image" };
    return [
      // It makes the directory of the logs.
      image(shared.nginx, { ...source, setting: `${path}.enabled`, instead: "false" }),
      ...(own.image === undefined ? [image(shared.spark, source)] : []),
      ...(own.jars === "fetch" ? fetched("spark-history", path, sparkFor({ tables: false, eventLogs: true })) : []),
    ];
  },
  clients: ["spark-history"],
  keepsObjects: true,
  needs: { objects: one("objects"), libraries: maybe("libraries") },
  gives: ["eventLogs"],
  pods: ({ platform, settings: own }) => sparkHistoryPods(platform, own),
  monitoring: () => ({ "spark-history": monitoring }),
  doors: ({ platform }) => [
    {
      name: "spark-history",
      kind: "web",
      namespace: platform.namespace("compute"),
      service: "spark-history",
      port: PORT,
      health: "/api/v1/version",
      signIn: undefined,
    },
  ],
  create: ({ libraries = NO_LIBRARIES, ...args }, opts) => {
    const { SparkHistory } = require("./spark-history") as typeof import("./spark-history");
    const history = new SparkHistory("spark-history", { ...args, libraries }, opts);
    return { services: [history], eventLogs: history.eventLogs };
  },
});
