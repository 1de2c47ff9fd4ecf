import { one, system } from "../../core/system";
import { image } from "../../core/uses";
import { COMPATIBILITY } from "../../core/versions";
import { check } from "./check";
import { PORT } from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { prestoPods } from "./pods";
import { presto as settings } from "./settings";
import { readable } from "./versions";

/** Small beside Trino: it fits what Trino's workers leave of their nodes. */
const production = (workers: number) => ({
  coordinator: { cpu: 2, memory: "8Gi" },
  worker: { replicas: workers, cpu: 4, memory: "16Gi" },
  spill: "50Gi",
});

/** SQL for questions that come up once: Presto on the metastore's tables. */
export const presto = system({
  summary:
    "SQL for questions that come up once, beside the pipelines: Presto on the metastore's tables, with resource groups.",
  section: "query",
  key: "presto",
  settings,
  presets: {
    dev: {
      coordinator: { cpu: 0.5, memory: "1536Mi" },
      worker: { replicas: 0, cpu: 0.5, memory: "1536Mi" },
      spill: "2Gi",
      write: { staging: "1Gi" },
    },
    minimal: production(2),
    medium: production(3),
    large: production(6),
  },
  least: { coordinator: 1280, worker: 1280 },
  check,
  pins,
  uses: (own) =>
    own.image === undefined
      ? [image(pins.presto, { service: "presto", setting: "lakehouse:query.presto.image", instead: "an own image" })]
      : [],
  clients: ["presto"],
  // Up to 0.299 it refuses tables with deletion vectors, and the stack gives it no catalog of Delta tables.
  tableEngine: (own) => ({ name: `Presto ${own.version}`, does: { "iceberg 2": "writes" } }),
  needs: { objects: one("objects"), tables: one("tables") },
  gives: [],
  pods: ({ platform, settings: own }) => prestoPods(platform, own),
  notes: (own) => [readable(own.version, COMPATIBILITY[0].hive).line],
  monitoring: ({ settings: own }) => ({ presto: monitoring(own.worker.replicas > 0) }),
  doors: ({ platform }) => {
    const place = {
      namespace: platform.namespace("query"),
      service: "presto",
      port: PORT,
      signIn: undefined,
      pods: { role: "coordinator" },
    };
    return [
      { ...place, name: "presto", kind: "sql", health: "/v1/info" },
      { ...place, name: "presto-ui", kind: "web", health: "/v1/info" },
    ];
  },
  create: (args, opts) => {
    const { Presto } = require("./presto") as typeof import("./presto");
    return { services: [new Presto("presto", args, opts)] };
  },
});
