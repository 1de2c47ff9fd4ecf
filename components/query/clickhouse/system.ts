import { maybe, one, system } from "../../core/system";
import { image, operator } from "../../core/uses";
import { check } from "./check";
import { HEALTH, PORTS, SERVICE } from "./config";
import { monitoring } from "./monitoring";
import { operatorMonitoring } from "./operator.monitoring";
import { pins } from "./pins";
import { clickhousePods, NAME, namespaceOf, OPERATOR, operatorPods, SERVER } from "./pods";
import { clickhouse as settings } from "./settings";

const production = (shards: number, volume: string) => ({
  operatorSize: { cpu: 0.25, memory: "512Mi" },
  shards,
  server: { replicas: 2, cpu: 4, memory: "16Gi" },
  volume,
  keeper: { replicas: 3, cpu: 0.5, memory: "2Gi" },
  keeperVolume: "20Gi",
});

export const clickhouse = system({
  section: "query",
  key: "clickhouse",
  summary: "Analytical questions on tables of its own: ClickHouse with ClickHouse Keeper.",
  settings,
  presets: {
    dev: {
      operatorSize: { cpu: 0.05, memory: "128Mi" },
      server: { cpu: 0.25, memory: "1536Mi" },
      volume: "5Gi",
      keeper: { cpu: 0.05, memory: "256Mi" },
      keeperVolume: "1Gi",
    },
    minimal: production(1, "500Gi"),
    medium: production(2, "1Ti"),
    large: production(4, "2Ti"),
  },
  // Below it, a server has no memory for statements beside its caches, and Keeper none for its tree of nodes.
  least: { operatorSize: 0, server: 1024, keeper: 192 },
  check,
  pins,
  uses: (own) => {
    const on = { service: NAME, setting: "lakehouse:query.clickhouse.enabled", instead: "false" };
    const deployed = { ...on, setting: "lakehouse:query.clickhouse.operator", instead: "existing" };
    return [
      image(pins.clickhouse, on),
      image(pins.clickhouseKeeper, on),
      ...(own.operator === "deployed" ? operator(pins.clickhouseOperator, deployed) : []),
    ];
  },
  clients: [NAME],
  // Deletion vectors of Iceberg 3 are read from 26.9 on; its database of the catalog has Iceberg tables alone.
  tableEngine: (own) =>
    own.iceberg === "off"
      ? undefined
      : { name: `ClickHouse ${pins.clickhouse.version}`, does: { "iceberg 2": "reads" } },
  keepsObjects: (own) => own.storage === "s3",
  needs: { objects: one("objects"), tables: maybe("tables"), log: maybe("log") },
  gives: ["analytics", "source"],
  pods: ({ platform, settings: own }) => [
    ...(own.operator === "deployed" ? operatorPods(platform, own) : []),
    ...clickhousePods(platform, own),
  ],
  monitoring: () => ({ [NAME]: monitoring, [OPERATOR]: operatorMonitoring }),
  doors: ({ platform }) => [
    {
      name: NAME,
      kind: "sql",
      namespace: namespaceOf(platform),
      service: SERVICE,
      port: PORTS.http,
      health: HEALTH,
      signIn: "its users by password",
      pods: { service: NAME, role: SERVER },
    },
  ],
  compose: { cannot: "its operator makes its servers and their configuration" },
  create: ({ platform, settings: own, objects, tables, log, grants }, opts) => {
    const { clickhouseOperator } = require("./operator") as typeof import("./operator");
    const { Clickhouse } = require("./clickhouse") as typeof import("./clickhouse");
    const { peer: operator, services: operators } = clickhouseOperator(platform, own, opts);
    const made = new Clickhouse(
      { platform, settings: own, objects, tables, events: log?.events, operator, described: grants },
      // Custom resources depend on the operator, which brings their CRDs.
      { ...opts, dependsOn: [...operators] },
    );
    return { services: [...operators, made], analytics: made, source: made.source };
  },
});
