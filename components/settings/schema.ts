import { z } from "zod";

import { cluster, nodes, pools } from "./cluster";
import { credentials } from "./credentials";
import { section } from "./fields";
import { catalog, compute, licences, observability, orchestration, prices, query } from "./services";
import { storage } from "./storage";
import { streaming } from "./streaming";

export const PRESETS = ["dev", "homelab", "minimal", "medium", "large"] as const;
export type PresetName = (typeof PRESETS)[number];

/** Every setting of a stack: the keys `lakehouse:<section>` of the `config:` block in `Pulumi.<stack>.yaml`. */
export const schema = section({
  preset: z
    .enum(PRESETS, { error: `one of ${PRESETS.join(", ")}` })
    .default("homelab")
    .describe("sizes to start from; what the stack's own settings say comes on top; default homelab"),
  nodes,
  pools,
  cluster: cluster.describe("what is the same for everything in the cluster"),
  credentials: credentials.describe("generations of the services' credentials: how they are rotated without downtime"),
  storage: storage.describe("object store, buckets, PostgreSQL"),
  catalog: catalog.describe("table catalog"),
  compute: compute.describe("batch processing"),
  query: query.describe("SQL engines"),
  streaming: streaming.describe("event log and stream processing"),
  orchestration: orchestration.describe("workflow scheduler"),
  observability: observability.describe("metrics, alerts, dashboards"),
  prices: prices.describe("what the plan's cost is computed from"),
  licences: licences.describe("licences that the stack may not use"),
});

/** The typed configuration of one stack, validated. Memory and disk in bytes, cpu in cores. */
export type Settings = z.output<typeof schema>;
export type SectionName = keyof Settings;
/** What a stack file may contain. */
export type SettingsInput = z.input<typeof schema>;
