import { described } from "../../core/access";
import { every, maybe, one, system } from "../../core/system";
import { image } from "../../core/uses";
import { pins } from "./pins";
import { trinoPods } from "./pods";
import { trino as settings } from "./settings";
import { monitoring } from "./monitoring";
import { tableEngine } from "./catalogs/formats";
import { DOORS, PORT, SECURE_PORT } from "./config";

const production = (workers: number) => ({
  coordinator: { cpu: 8, memory: "32Gi" },
  worker: { replicas: workers, cpu: 14, memory: "112Gi" },
  concurrency: 50,
  spill: "500Gi",
  cache: { size: "500Gi" },
});

/** SQL over everything that the stack stores. */
export const trino = system({
  summary: "SQL over everything that the stack stores.",
  section: "query",
  key: "trino",
  settings,
  presets: {
    dev: {
      coordinator: { cpu: 0.5, memory: "1280Mi" },
      worker: { replicas: 1, cpu: 0.5, memory: "1536Mi" },
      spill: "5Gi",
      cache: { size: "2Gi" },
    },
    homelab: { coordinator: { cpu: 2, memory: "8Gi" }, worker: { replicas: 2, cpu: 4, memory: "24Gi" } },
    minimal: production(3),
    medium: production(10),
    large: production(20),
  },
  least: { coordinator: 1280, worker: 1280 },
  pins,
  uses: (own) =>
    own.image === undefined
      ? [image(pins.trino, { service: "trino", setting: "lakehouse:query.trino.image", instead: "an own image" })]
      : [],
  clients: ["trino"],
  tableEngine,
  needs: {
    objects: one("objects"),
    tables: one("tables"),
    vending: maybe("vending"),
    sources: every("source"),
    log: maybe("log"),
    cache: maybe("cache"),
    identity: maybe("identity"),
  },
  gives: ["sql"],
  pods: ({ platform, settings: own }) => trinoPods(platform, own),
  notes: (_, { access }) => (access.signIn ? described(access).map((line) => `Trino lets ${line}`) : []),
  monitoring: ({ stack, platform }) => ({ trino: monitoring(stack.access.signIn, platform.namespace("query")) }),
  doors: ({ platform, stack }) => {
    const way = stack.access.signIn || platform.tls ? { port: SECURE_PORT, scheme: "https" } : { port: PORT };
    const signIn = stack.access.signIn ? "people and programs of lakehouse:access" : undefined;
    const place = {
      namespace: platform.namespace("query"),
      service: "trino",
      ...way,
      signIn,
      pods: { role: "coordinator" },
    };
    return [
      { ...place, name: "trino", kind: "sql", health: "/v1/info" },
      { ...place, name: "trino-ui", kind: "web", health: "/v1/info" },
    ];
  },
  create: ({ stack, log, grants, ...args }, opts) => {
    const { Trino } = require("./trino") as typeof import("./trino");
    const doors = DOORS.flatMap((name) => stack.door(name) ?? []);
    const facts = { events: log?.events, topics: stack.topics, access: stack.access, doors, described: grants };
    const trino = new Trino("trino", { ...args, ...facts }, opts);
    return { services: [trino], sql: trino.sql };
  },
});
