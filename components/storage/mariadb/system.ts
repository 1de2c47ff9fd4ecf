import { one, system } from "../../core/system";
import { image, operator, chart } from "../../core/uses";
import { uniqueDatabases } from "./check";
import { monitoring } from "./monitoring";
import { operatorMonitoring } from "./operator.monitoring";
import { pins } from "./pins";
import { mariadbPods, operatorPods, PORT, writeService } from "./pods";
import { mariadb as settings } from "./settings";

const production = {
  operatorSize: { replicas: 2, cpu: 0.25, memory: "512Mi" },
  webhookSize: { replicas: 2, cpu: 0.1, memory: "256Mi" },
  server: { replicas: 3, cpu: 4, memory: "16Gi" },
  agent: { cpu: 0.25, memory: "256Mi" },
  storage: "200Gi",
  backup: { job: { cpu: 2, memory: "2Gi" } },
} as const;

export const mariadb = system({
  section: "storage",
  key: "mariadb",
  summary: "Relational databases with MySQL's protocol: MariaDB by mariadb-operator.",
  settings,
  presets: {
    dev: { server: { replicas: 1, cpu: 0.25, memory: "512Mi" }, storage: "2Gi", backup: { method: "off" } },
    minimal: production,
    medium: production,
    large: production,
  },
  // A smaller server has almost no buffer pool; mariadb-backup holds 100 MiB of pages and the log; programs in Go have no heap setting.
  least: { "operatorSize": 0, "webhookSize": 0, "server": 512, "exporter": 0, "backup.job": 256 },
  check: uniqueDatabases,
  pins,
  uses: (own) => {
    const on = { service: "mariadb", setting: "lakehouse:storage.mariadb.enabled", instead: "false" };
    const deployed = { ...on, setting: "lakehouse:storage.mariadb.operator", instead: "existing" };
    return [
      image(pins.mariadb, on),
      image(pins.mysqldExporter, on),
      // Agents run the operator's image too, also with an existing operator.
      ...(own.operator === "deployed"
        ? [...operator(pins.mariadbOperator, deployed), chart(pins.mariadbOperatorCrds, deployed)]
        : [image(pins.mariadbOperator, on)]),
    ];
  },
  clients: ["mariadb"],
  needs: { objects: one("objects") },
  gives: ["source"],
  pods: ({ platform, settings: own }) => [
    ...(own.operator === "deployed" ? operatorPods(platform, own) : []),
    ...mariadbPods(platform, own),
  ],
  monitoring: ({ platform, settings: own }) => ({
    "mariadb": monitoring(platform, own),
    "mariadb-operator": operatorMonitoring,
  }),
  doors: ({ platform, settings: own }) => [
    {
      name: "mariadb",
      kind: "mysql",
      namespace: platform.namespace("storage"),
      service: writeService(own.server.replicas),
      port: PORT,
      scheme: "mysql",
      signIn: "its users by password",
      pods: { service: "mariadb", role: "server" },
    },
  ],
  compose: {
    standIns: (objects) => (require("./composed") as typeof import("./composed")).standIns(objects),
    settings: { server: { replicas: 1 } },
  },
  create: ({ platform, settings: own, objects }, opts) => {
    const { mariadbOperator } = require("./operator") as typeof import("./operator");
    const { Mariadb } = require("./mariadb") as typeof import("./mariadb");
    const { peer: operator, services: operators } = mariadbOperator(platform, own, opts);
    // Custom resources depend on the operator, which brings their CRDs.
    const mariadb = new Mariadb({ platform, settings: own, objects, operator }, { ...opts, dependsOn: [...operators] });
    return { services: [...operators, mariadb], source: mariadb.source };
  },
});
