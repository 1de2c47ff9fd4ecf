import { document, isObject } from "../../compare";
import { at, days, type HarmRule, items, quantity, texts, word } from "./rule";

/** Changes after which stored data is deleted, ends sooner, or has fewer copies. */

const VERBS = { create: "create", change: "changes", replace: "replaces", delete: "deletes" } as const;

const losses: HarmRule = {
  severity: "data",
  *harms({ change }) {
    if (change.losesData) yield `${VERBS[change.action]} stored data`;
  },
};

const versioning: HarmRule = {
  severity: "data",
  kinds: ["S3BucketVersioning"],
  *harms({ before, after }) {
    const status = (of: unknown) => at(of, "versioningConfiguration", "status");
    if (status(before) === "Enabled" && status(after) !== "Enabled")
      yield "keeps versions of objects no longer: what is deleted or overwritten is gone";
  },
};

/** The stack's own list of buckets, for object stores that keep versioning elsewhere. */
const CAPACITY = /^data\["capacity\.json"\]\.buckets\[([^\]]+)\](\.versioning)?$/;

const listedVersioning: HarmRule = {
  severity: "data",
  kinds: ["ConfigMap"],
  *harms({ change: { fields } }) {
    for (const { path, before, after } of fields) {
      const bucket = CAPACITY.exec(path)?.[1];
      if (bucket === undefined) continue;
      const on = (of: unknown) => of === true || at(of, "versioning") === true;
      if (on(before) && !on(after)) yield `the bucket ${bucket} keeps versions of objects no longer`;
    }
  },
};

/** Spans after which objects end, by rule and field. */
function expiries(policy: unknown): Map<string, number> {
  const found = new Map<string, number>();
  const lifecycle = document(at(policy, "spec", "additionalConfig", "bucketLifecycle"));
  for (const rule of items(at(lifecycle, "Rules"))) {
    const spans = {
      expiration: at(rule, "Expiration", "Days"),
      noncurrentVersionExpirationDays: at(rule, "NoncurrentVersionExpiration", "NoncurrentDays"),
    };
    for (const [key, span] of Object.entries(spans))
      if (typeof span === "number") found.set(`${word(at(rule, "ID"), "")} ${key}`, span);
  }
  for (const rule of items(at(policy, "rules"))) {
    if (!isObject(rule)) continue;
    for (const key of ["expiration", "noncurrentVersionExpirationDays"] as const) {
      const span = days(rule[key]);
      if (span !== undefined) found.set(`${String(rule.id)} ${key}`, span);
    }
  }
  return found;
}

const expiry: HarmRule = {
  severity: "data",
  kinds: ["IlmPolicy", "ObjectBucketClaim"],
  *harms({ change: { action }, before, after }) {
    // What a new bucket forgets is nobody's yet.
    if (action === "create" && isObject(after) && after.kind === "ObjectBucketClaim") return;
    const was = expiries(before);
    for (const [rule, span] of expiries(after)) {
      const earlier = was.get(rule);
      if (rule.endsWith(" expiration") && earlier === undefined) yield `deletes objects after ${String(span)} days`;
      else if (earlier !== undefined && span < earlier)
        yield `deletes ${rule.endsWith(" expiration") ? "objects" : "old versions"} after ${String(span)} days, not ${String(earlier)}`;
    }
  },
};

/** Fields whose smaller value keeps data for less time, or in fewer copies. */
const KEEPS: readonly { readonly kinds: readonly string[]; readonly path: RegExp; readonly what: string }[] = [
  { kinds: ["KafkaTopic"], path: /\["retention\.(ms|bytes)"\]$/, what: "keeps records for less" },
  { kinds: ["Kafka"], path: /\["log\.retention\.(ms|minutes|hours|bytes)"\]$/, what: "keeps records for less" },
  { kinds: ["Kafka", "KafkaTopic"], path: /min\.insync\.replicas"\]$/, what: "acknowledges records with fewer copies" },
  { kinds: ["Kafka"], path: /replication\.factor"\]$/, what: "keeps fewer copies of records" },
  { kinds: ["KafkaTopic"], path: /^spec\.replicas$/, what: "keeps fewer copies of records" },
  { kinds: ["Cluster"], path: /^spec\.instances$/, what: "runs fewer copies of the database" },
  { kinds: ["MariaDB"], path: /^spec\.replicas$/, what: "runs fewer copies of the database" },
  { kinds: ["ObjectStore", "Cluster"], path: /retentionPolicy$/, what: "keeps backups for less" },
  { kinds: ["PhysicalBackup"], path: /maxRetention$/, what: "keeps backups for less" },
];

const kept: HarmRule = {
  severity: "data",
  *harms({ change: { kind, fields } }) {
    for (const { path, before, after } of fields)
      for (const { kinds, path: rule, what } of KEEPS) {
        if (!kinds.includes(kind) || !rule.test(path)) continue;
        const [was, is] = [days(before) ?? quantity(before), days(after) ?? quantity(after)];
        if (was !== undefined && is !== undefined && is >= 0 && (is < was || was < 0))
          yield `${what}: ${texts(before).join("")} → ${texts(after).join("")}`;
      }
  },
};

const forced: HarmRule = {
  severity: "data",
  kinds: ["S3Bucket"],
  *harms({ before, after }) {
    if (at(after, "forceDestroy") === true && at(before, "forceDestroy") !== true)
      yield "can be deleted with all of its objects (forceDestroy)";
  },
};

const BACKUPS: ReadonlySet<string> = new Set(["ScheduledBackup", "PhysicalBackup", "Backup", "ObjectStore"]);

const backups: HarmRule = {
  severity: "data",
  *harms({ change: { kind, action, resource }, before, after }) {
    const isBackup = BACKUPS.has(kind) || (kind === "CronJob" && /backup|snapshot/.test(resource));
    if (!isBackup) return;
    if (action === "delete") yield "makes backups no longer";
    else if (at(after, "spec", "suspend") === true && at(before, "spec", "suspend") !== true) yield "suspends backups";
  },
};

export const dataRules: readonly HarmRule[] = [losses, versioning, listedVersioning, expiry, kept, forced, backups];
