import { z } from "zod";

import { formats } from "../catalog/formats";
import { cluster, nodes, pools } from "../cluster/settings";
import { PRESETS } from "../core/system";
import { section, withDefaults } from "../fields/fields";
import { existing } from "../observability/settings";
import { bucketPrefix, buckets, search, vectors } from "../storage/settings";
import { access } from "./access";
import { licences, prices } from "./bills";
import { credentials } from "./credentials";
import { allow, doors } from "./doors";
import { sectionOf, sections } from "./sections";

const { objects, ...stores } = sections("storage");

/** Every setting of a stack: the keys `lakehouse:<section>` of the `config:` block in `Pulumi.<stack>.yaml`. */
export const schema = section({
  preset: z
    .enum(PRESETS, { error: `one of ${PRESETS.join(", ")}` })
    .default("homelab")
    .describe("sizes to start from; the stack's other settings override them; default homelab"),
  nodes,
  pools,
  cluster: cluster.describe("settings of the whole cluster"),
  access: access.describe("who signs in to SQL engines, and what they may read and write"),
  doors: doors.describe("what people reach from outside of the cluster, by the name of the door; nothing else is open"),
  allow: allow.describe("clients in other namespaces of the cluster, and the door that each may use"),
  credentials: credentials.describe("generations of the services' credentials, for rotation without downtime"),
  storage: section({
    objects: objects.describe("the object store"),
    bucketPrefix,
    buckets,
    search,
    vectors,
    ...stores,
  }).describe("object store, buckets, PostgreSQL"),
  catalog: section({ ...sections("catalog"), formats })
    .prefault({})
    .describe("table catalog"),
  compute: sectionOf("compute").describe("batch processing"),
  query: sectionOf("query").describe("SQL engines"),
  streaming: sectionOf("streaming").describe("event log and stream processing"),
  orchestration: sectionOf("orchestration").describe("workflow scheduler"),
  observability: withDefaults(existing.extend(sections("observability"))).describe("metrics, alerts, dashboards"),
  prices: prices.describe("inputs of the plan's cost"),
  licences: licences.describe("licences that the stack may not use, and those beyond open source that it may"),
});

/** The typed configuration of one stack, validated. Memory and disk in bytes, cpu in cores. */
export type Settings = z.output<typeof schema>;
export type SectionName = keyof Settings;
