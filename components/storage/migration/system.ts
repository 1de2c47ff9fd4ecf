import { one, system } from "../../core/system";
import { image } from "../../core/uses";
import { SERVICE, serviceOf } from "./config";
import { migrationMonitoring } from "./monitoring";
import { pins } from "./pins";
import { migrationPods } from "./pods";
import { complete, migration as settings } from "./settings";

export const migration = system({
  summary: "Objects of another store, copied into the stack's buckets until both are alike.",
  section: "storage",
  key: "migration",
  settings,
  example: {
    items: {
      "old-lake": {
        endpoint: "https://s3.old.example.org",
        cidrs: ["192.0.2.0/24"],
        secret: "old-lake",
        freshHours: 26,
        parts: [{ from: "raw", to: "bronze", toPrefix: "old/" }],
      },
    },
  },
  presets: {
    dev: { job: { cpu: 0.1, memory: "320Mi" } },
    homelab: { job: { cpu: 0.5, memory: "512Mi" } },
    medium: { job: { cpu: 2, memory: "2Gi" } },
    large: { job: { cpu: 4, memory: "4Gi" } },
  },
  check: complete,
  pins,
  uses: () => [
    image(pins.rclone, { service: SERVICE, setting: "lakehouse:storage.migration.enabled", instead: "false" }),
  ],
  clients: [SERVICE],
  needs: { objects: one("objects") },
  gives: [],
  pods: ({ platform, settings: own }) => migrationPods(platform, own),
  notes: ({ items }) =>
    Object.entries(items).map(
      ([name, { endpoint, parts }]) =>
        `migration ${name}: ${endpoint} → ${[...new Set(parts.map(({ to }) => to))].join(", ")}`,
    ),
  monitoring: ({ platform, settings: { items } }) =>
    Object.fromEntries(
      Object.entries(items).map(([name, { freshHours }]) => [
        serviceOf(name),
        migrationMonitoring(serviceOf(name), platform.namespace("migration"), freshHours),
      ]),
    ),
  create: ({ settings: own, ...args }, opts) => {
    const { Migration } = require("./migration") as typeof import("./migration");
    return {
      services: Object.entries(own.items).map(
        ([name, item]) => new Migration({ ...args, settings: own, name, item }, opts),
      ),
    };
  },
});
