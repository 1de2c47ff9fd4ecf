import { maybe, one, system } from "../../core/system";
import { image } from "../../core/uses";
import { shared } from "../../core/versions";
import { check } from "./check";
import { HEALTH, PORTS } from "./config";
import { LEAST_MEMORY } from "./memory";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { druidPods, namespaceOf } from "./pods";
import { druid as settings } from "./settings";

const source = { service: "druid", setting: "lakehouse:query.druid.enabled", instead: "false" };

const production = (historicals: number, cache: string) => ({
  coordinator: { replicas: 2, cpu: 2, memory: "8Gi" },
  broker: { replicas: 2, cpu: 4, memory: "16Gi" },
  router: { replicas: 2, cpu: 1, memory: "2Gi" },
  historical: { replicas: historicals, cpu: 8, memory: "64Gi" },
  indexer: { replicas: 2, cpu: 4, memory: "16Gi" },
  cache,
  scratch: "50Gi",
  tasks: 8,
});

export const druid = system({
  section: "query",
  key: "druid",
  summary: "Sub-second questions on events, as they come in: Druid, with segments in the object store.",
  settings,
  presets: {
    dev: {
      coordinator: { cpu: 0.25, memory: "768Mi" },
      broker: { cpu: 0.25, memory: "768Mi" },
      router: { cpu: 0.1, memory: "512Mi" },
      historical: { replicas: 1, cpu: 0.25, memory: "1Gi" },
      indexer: { cpu: 0.25, memory: "1280Mi" },
      cache: "5Gi",
      scratch: "2Gi",
      tasks: 3,
    },
    // The smallest tier's bill has no Druid; two are enough to try it.
    minimal: production(2, "500Gi"),
    medium: production(2, "1Ti"),
    large: production(4, "2Ti"),
  },
  least: LEAST_MEMORY,
  check,
  pins,
  // Its users and what is taken in are told by a client of HTTP, which upstream's image lacks.
  uses: () => [image(pins.druid, source), image(shared.nginx, source)],
  clients: ["druid"],
  keepsObjects: true,
  needs: { objects: one("objects"), database: one("database"), log: maybe("log") },
  gives: ["source"],
  pods: ({ platform, settings: own }) => druidPods(platform, own),
  monitoring: () => ({ druid: monitoring }),
  doors: ({ platform }) => {
    const place = {
      namespace: namespaceOf(platform),
      service: "druid-router",
      port: PORTS.router,
      health: HEALTH,
      signIn: "its users by password",
      pods: { service: "druid", role: "router" },
    };
    return [
      { ...place, name: "druid", kind: "sql" },
      { ...place, name: "druid-ui", kind: "web" },
    ];
  },
  create: ({ log, grants, ...args }, opts) => {
    const { Druid } = require("./druid") as typeof import("./druid");
    const made = new Druid({ ...args, events: log?.events, described: grants }, opts);
    return { services: [made], source: made.source };
  },
});
