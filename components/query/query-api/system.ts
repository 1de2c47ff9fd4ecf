import { maybe, one, system } from "../../core/system";
import { PORT } from "./config";
import { monitoring } from "./monitoring";
import { queryApiPods } from "./pods";
import { complete, queryApi as settings } from "./settings";

/** SQL over HTTP for programs. Its image is the owner's: what is in it stands in services/query-api. */
export const queryApi = system({
  summary: "SQL over HTTP for programs: one read-only statement at a time, with parameters, limits and pages.",
  section: "query",
  key: "queryApi",
  settings,
  example: { image: "ghcr.io/example/query-api:1" },
  presets: {
    dev: { server: { replicas: 1, cpu: 0.1, memory: "384Mi" }, duckdb: { memory: "128Mi" } },
    minimal: { server: { replicas: 2, cpu: 1, memory: "1Gi" } },
    medium: { server: { replicas: 10, cpu: 1, memory: "2Gi" }, duckdb: { memory: "1Gi" } },
    large: { server: { replicas: 20, cpu: 1, memory: "2Gi" }, duckdb: { memory: "1Gi" } },
  },
  least: { server: 256 },
  check: complete,
  uses: () => [],
  clients: ["query-api"],
  // What is in the owner's image is not known here; Trino answers what DuckDB is not asked.
  tableEngine: (own) =>
    own.duckdb.enabled ? { name: "DuckDB of the query API", does: { "iceberg 2": "reads" } } : undefined,
  needs: { sql: one("sql"), cache: maybe("cache"), objects: maybe("objects"), tables: maybe("tables") },
  gives: [],
  pods: ({ platform, settings: own }) => queryApiPods(platform, own),
  monitoring: () => ({ "query-api": monitoring }),
  doors: ({ platform, settings: own }) => [
    {
      name: "query-api",
      kind: "web",
      namespace: platform.namespace("query"),
      service: "query-api",
      port: PORT,
      health: "/health/live",
      signIn: own.callers.tokens === undefined ? undefined : "callers by token",
    },
  ],
  create: (args, opts) => {
    const { QueryApi } = require("./query-api") as typeof import("./query-api");
    return { services: [new QueryApi("query-api", args, opts)] };
  },
});
