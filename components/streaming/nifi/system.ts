import { maybe, one, system } from "../../core/system";
import { image } from "../../core/uses";
import { distinctTopics } from "./check";
import { PORTS } from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { NAME, namespaceOf, nifiPods } from "./pods";
import { nifi as settings } from "./settings";

const production = (cpu: number, memory: string, content: string) => ({
  node: { replicas: 3, cpu, memory },
  state: "20Gi",
  content,
  provenance: "50Gi",
});

/** Flows of files and records, drawn by people and kept as code. */
export const nifi = system({
  summary: "Flows that land files and records in bronze: NiFi, with its flow as code.",
  section: "streaming",
  key: "nifi",
  layer: "processing",
  settings,
  presets: {
    dev: { node: { cpu: 0.25, memory: "1536Mi" }, state: "2Gi", content: "5Gi", provenance: "2Gi" },
    minimal: production(2, "8Gi", "100Gi"),
    medium: production(4, "16Gi", "200Gi"),
    large: production(8, "32Gi", "500Gi"),
  },
  // Half of it is the heap.
  least: { node: 1536 },
  check: distinctTopics,
  pins,
  uses: () => [image(pins.nifi, { service: NAME, setting: "lakehouse:streaming.nifi.enabled", instead: "false" })],
  clients: [NAME],
  needs: { objects: one("objects"), log: maybe("log") },
  gives: [],
  pods: ({ platform, settings: own }) => nifiPods(platform, own),
  monitoring: () => ({ nifi: monitoring }),
  doors: ({ platform }) => [
    {
      name: NAME,
      kind: "web",
      namespace: namespaceOf(platform),
      service: NAME,
      port: PORTS.https,
      scheme: "https",
      signIn: "its administrator by password",
    },
  ],
  compose: { cannot: "its certificates come from cert-manager" },
  create: ({ log, ...args }, opts) => {
    const { Nifi } = require("./nifi") as typeof import("./nifi");
    // It answers to no other names, and its certificate is of these.
    const hosts = new Set(args.settings.hosts);
    const door = args.stack.door(NAME);
    if (door !== undefined) hosts.add(door.host);
    const settings = { ...args.settings, hosts: [...hosts] };
    return { services: [new Nifi(NAME, { ...args, settings, events: log?.events }, opts)] };
  },
});
