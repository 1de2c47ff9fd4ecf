import { every, maybe, one, system } from "../../core/system";
import { SERVICE, serviceOf } from "./config";
import { sourceMonitoring } from "./monitoring";
import { sourcesPods } from "./pods";
import { complete, sources as settings } from "./settings";

/** Batches of other systems' data. The image is the owner's: what is in it stands in services/sources. */
export const sources = system({
  summary: "Batches of other systems' data, landed in bronze as they are, each once.",
  section: "orchestration",
  key: "sources",
  settings,
  example: {
    image: "ghcr.io/example/sources:1",
    items: {
      prices: {
        kind: "http",
        url: "https://data.example.org/prices.csv",
        cidrs: ["192.0.2.0/24"],
        schedule: "0 * * * *",
        format: "csv",
        columns: ["sku", "price"],
      },
    },
  },
  presets: {
    dev: { job: { cpu: 0.05, memory: "256Mi" } },
    homelab: { job: { cpu: 0.1, memory: "384Mi" } },
    medium: { job: { cpu: 0.5, memory: "1Gi" } },
    large: { job: { cpu: 1, memory: "2Gi" } },
  },
  check: complete,
  uses: () => [],
  clients: [SERVICE],
  needs: { objects: one("objects"), database: maybe("database"), stores: every("source") },
  gives: [],
  pods: ({ platform, settings: own }) => sourcesPods(platform, own),
  notes: ({ items }) =>
    Object.entries(items).map(([name, { kind, schedule }]) => `source ${name}: ${kind}, ${schedule} (UTC)`),
  monitoring: ({ platform, settings: { items } }) =>
    Object.fromEntries(
      Object.entries(items).map(([name, { freshHours }]) => [
        serviceOf(name),
        sourceMonitoring(serviceOf(name), platform.namespace("sources"), freshHours),
      ]),
    ),
  create: ({ settings: own, ...args }, opts) => {
    const { Source } = require("./source") as typeof import("./source");
    return {
      services: Object.entries(own.items).map(
        ([name, item]) => new Source({ ...args, settings: own, name, item }, opts),
      ),
    };
  },
});
