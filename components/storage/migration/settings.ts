import { z } from "zod";

import type { LakeBucketKey } from "../../core/capabilities";
import { formatBytes, MiB } from "../../core/quantity";
import { originUrl } from "../../fields/addresses";
import { disabled } from "../../fields/common";
import { schedule } from "../../fields/cron";
import {
  bucketName,
  cores,
  count,
  disk,
  dnsSubdomain,
  memory,
  mode,
  poolChoice,
  section,
  withDefaults,
} from "../../fields/fields";
import type { Mistake } from "../../fields/mistakes";
import { cidr } from "../../fields/ranges";
import { region } from "../objects";

const NAME = "a name of lower-case letters, digits and '-', beginning with a letter, at most 30";
const PREFIX = "the beginning of keys, such as tables/: letters, digits and !_.*()=-, no part of it . or ..";
const PARTS = "a list of parts: { from: old-lake, to: bronze }";

/** Keys that are taken as they are: a prefix ends in `/`, so that it is a folder to everybody. */
const prefix = z
  .string({ error: PREFIX })
  .regex(/^$|^(?!(?:.*\/)?\.\.?\/)(?:[A-Za-z0-9!_.*()=-]+\/)+$/, { error: PREFIX })
  .default("");

const LAKE = ["bronze", "silver", "gold", "warehouse"] as const satisfies readonly LakeBucketKey[];

const part = section({
  from: bucketName.describe("bucket of the other store"),
  prefix: prefix.describe("folder in it, such as tables/; default all"),
  to: mode(...LAKE).describe("bucket of the stack that takes the objects"),
  toPrefix: prefix.describe("folder in that bucket which they go to; default the same keys"),
});

const item = section({
  endpoint: originUrl.describe("URL of the other store"),
  cidrs: z
    .array(cidr, { error: "a list of ranges such as 192.0.2.0/24" })
    .min(1, { error: "at least one range" })
    .describe("addresses of its host, which network policies allow"),
  region,
  pathStyle: z.boolean().default(true).describe("buckets are in paths, not in host names; false for AWS; default true"),
  secret: dnsSubdomain.describe(
    "name of a Secret beside the job with the keys user and password: an access that may list and read the buckets",
  ),
  parts: z.array(part, { error: PARTS }).min(1, { error: PARTS }).describe("what is copied, and where to"),
  schedule: schedule
    .default("0 * * * *")
    .describe("when a run begins that copies what is missing or has changed (UTC); default '0 * * * *'"),
  freshHours: count(0, 8760)
    .default(0)
    .describe("hours within which a run must have found both alike, or an alert tells; 0 for no promise; default 0"),
  deadlineHours: count(1, 8760)
    .default(168)
    .describe("hours after which a run is stopped; the next goes on; default 168"),
  transfers: count(1, 256).default(4).describe("objects that are copied at the same time; default 4"),
  bandwidth: disk.optional().describe("most bytes in a second, such as 50Mi; default no limit"),
  verify: mode("sums", "bytes")
    .default("sums")
    .describe(
      "sums: sizes and the MD5 sums of both stores, which objects lack that were uploaded in parts; bytes: both are read and compared; default sums",
    ),
});

export const migration = withDefaults(
  section({
    enabled: disabled,
    job: section({
      cpu: cores.prefault(0.5).describe("cores of one job; default 0.5"),
      memory: memory.prefault("512Mi").describe("memory of one job; default 512Mi"),
      pool: poolChoice,
    })
      .prefault({})
      .describe("size of each migration's job"),
    items: z
      .record(z.string({ error: NAME }).regex(/^[a-z](?:[-a-z0-9]{0,28}[a-z0-9])?$/, { error: NAME }), item, {
        error: "migrations by name: { old-lake: { endpoint: …, parts: […] } }",
      })
      .default({})
      .describe("other stores by name, whose objects move here; default none"),
  }),
).describe("objects of another store, copied into the stack's buckets until both are alike");

export type MigrationSettings = z.output<typeof migration>;
export type Item = z.output<typeof item>;

const PATH = "lakehouse:storage.migration";
/** The program, and its lists of objects. */
const BASE = 160 * MiB;
/** A transfer holds four chunks of 5 MiB and a buffer of 16 MiB. */
const TRANSFER = 36 * MiB;

export function* complete({ enabled, job, items }: MigrationSettings): Generator<Mistake> {
  if (!enabled) return;
  if (Object.keys(items).length === 0)
    yield { path: `${PATH}.items`, message: "given none while enabled is true; allowed: at least one other store" };
  for (const [name, { transfers, parts }] of Object.entries(items)) {
    const least = BASE + transfers * TRANSFER;
    if (job.memory < least)
      yield {
        path: `${PATH}.job.memory`,
        message: `given ${formatBytes(job.memory)} with ${String(transfers)} transfers of ${name}; allowed: at least ${formatBytes(least)}, or fewer transfers`,
      };
    yield* twice(`${PATH}.items.${name}`, parts);
  }
}

/** Two parts that write the same keys would undo each other in every run. */
function* twice(path: string, parts: Item["parts"]): Generator<Mistake> {
  for (const [index, { to, toPrefix }] of parts.entries()) {
    const other = parts.findIndex(
      (each, at) =>
        at < index && each.to === to && (each.toPrefix.startsWith(toPrefix) || toPrefix.startsWith(each.toPrefix)),
    );
    if (other >= 0)
      yield {
        path: `${path}.parts[${String(index)}].toPrefix`,
        message: `given "${toPrefix}" of ${to}, and part ${String(other)} goes there too; allowed: a folder that no other part has`,
      };
  }
}
