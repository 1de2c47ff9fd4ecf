import { one, system } from "../../core/system";
import { image, operator } from "../../core/uses";
import { shared } from "../../core/versions";
import { durability, restores, zalandoHas } from "./check";
import { instancesOf } from "./instances";
import { pins } from "./pins";
import { barmanPluginPods, cloudNativePgPods, namespaceOf, postgresPods, zalandoPods } from "./pods";
import { postgres as settings } from "./settings";
import { monitoring } from "./monitoring";
import { zalandoMonitoring } from "./zalando.monitoring";
import { PORT } from "./config";

const production = {
  operatorSize: { replicas: 2, cpu: 0.25, memory: "512Mi" },
  server: { replicas: 3, cpu: 4, memory: "16Gi" },
  synchronous: "required",
  storage: "200Gi",
  walStorage: "50Gi",
  backup: { sidecar: { cpu: 1, memory: "2Gi" } },
} as const;

/** Metadata and relational data: PostgreSQL, in every stack. */
export const postgres = system({
  summary: "Metadata and relational data: PostgreSQL by CloudNativePG, in every stack.",
  section: "storage",
  key: "postgres",
  settings,
  presets: {
    dev: {
      server: { replicas: 1, cpu: 0.25, memory: "512Mi" },
      storage: "2Gi",
      walStorage: "1Gi",
      backup: { plugin: "off" },
    },
    homelab: { server: { replicas: 2, cpu: 0.5, memory: "2Gi" }, storage: "20Gi", walStorage: "10Gi" },
    minimal: production,
    medium: production,
    large: production,
  },
  least: { operatorSize: 0, server: 512 },
  on: () => true,
  others: [{ by: "zalando" }],
  check: function* (own) {
    yield* restores(own);
    yield* durability(own);
    yield* zalandoHas(own);
  },
  pins,
  uses: (own) => {
    const path = "lakehouse:storage.postgres";
    const server = { service: "postgres", setting: path, instead: "none, every stack needs it" };
    const plugin = { ...server, setting: `${path}.backup.plugin`, instead: "existing or off" };
    if (own.by === "zalando") {
      const deployed = { ...server, setting: `${path}.operator`, instead: "existing" };
      const run = { ...server, setting: `${path}.by`, instead: "cloudnative-pg" };
      return [
        image(pins.spilo, run),
        image(pins.postgresExporter, run),
        ...(own.operator === "deployed" ? operator(pins.zalando, deployed) : []),
      ];
    }
    return [
      image(shared.postgres, server),
      ...(own.operator === "deployed"
        ? operator(pins.cloudNativePg, { ...server, setting: `${path}.operator`, instead: "existing" })
        : []),
      ...(own.backup.plugin === "deployed"
        ? [...operator(pins.barmanPlugin, plugin), image(pins.barmanSidecar, plugin)]
        : []),
    ];
  },
  clients: ["postgres"],
  needs: { objects: one("objects") },
  gives: ["database", "source", "vectors"],
  pods: ({ platform, settings: own }) => [
    ...cloudNativePgPods(platform, own),
    ...zalandoPods(platform, own),
    ...barmanPluginPods(platform, own),
    ...postgresPods(platform, own),
  ],
  monitoring: ({ settings: own }) => ({ postgres: own.by === "zalando" ? zalandoMonitoring : monitoring }),
  doors: ({ platform, settings: own }) => [
    {
      name: "postgres",
      kind: "postgresql",
      namespace: namespaceOf(platform, own),
      service: instancesOf("postgres", own).service,
      port: PORT,
      scheme: "postgresql",
      ...(platform.tls ? { tls: true } : {}),
      signIn: "its users by password",
      pods: { service: "postgres", role: "server" },
    },
  ],
  compose: {
    standIns: (objects) => (require("./composed") as typeof import("./composed")).standIns(objects),
    settings: { by: "cloudnative-pg", server: { replicas: 1 }, synchronous: "preferred" },
  },
  create: ({ platform, settings: own, objects }, opts) => {
    const { barmanPlugin, cloudNativePg } = require("./operator") as typeof import("./operator");
    const { Postgres } = require("./postgres") as typeof import("./postgres");
    const { zalando } = require("./zalando.operator") as typeof import("./zalando.operator");
    const { peer: operator, services } = (own.by === "zalando" ? zalando : cloudNativePg)(platform, own, opts);
    const operators = [...services, ...barmanPlugin(platform, own, operator, opts)];
    const args = { platform, settings: own, objects, operator };
    const postgres = new Postgres("postgres", args, { ...opts, dependsOn: operators });
    const { source, vectors } = postgres;
    return { services: [...operators, postgres], database: postgres, source, vectors };
  },
});
