import { z } from "zod";

import { originUrl } from "../../fields/addresses";
import { schedule } from "../../fields/cron";
import { bucketName, count, disk, dnsSubdomain, mode, section } from "../../fields/fields";
import { cidr } from "../../fields/ranges";

/** Settings of one source: what all kinds have, and what each has of its own. */

const FORMAT_WORDS = "one of csv, json, parquet, avro, raw";
const COLUMN = "the name of a column: at most 128 characters, none of them a quote or a backslash";
const DOCUMENT = "a URL of a document such as https://data.example.org/prices.csv, without a user or password";
const DATABASE = "a URL of a database such as postgresql://db.example.org:5432/shop, without a user or password";
const NAMES = "names of SQL, such as orders or public.orders";
const QUERY = "one SELECT without a semicolon";
const KEYS = "the beginning of keys, such as exports/";
const PATH = "an absolute path of letters, digits and . _ - /";

const text = (error: string, pattern: RegExp) => z.string({ error }).max(2000, { error }).regex(pattern, { error });
const HOST = "[A-Za-z0-9](?:[-A-Za-z0-9.]{0,251}[A-Za-z0-9])?";

const column = text(COLUMN, /^[^"'`\\\n]{1,128}$/);
const ranges = z
  .array(cidr, { error: "a list of ranges such as 192.0.2.0/24" })
  .min(1, { error: "at least one range" })
  .describe("addresses of its host, which network policies allow");
const secret = dnsSubdomain.describe(
  "name of a Secret beside the jobs with the keys that its kind needs: user and password, or token",
);

/** Every kind has these. */
const COMMON = {
  schedule: schedule.describe("when it runs, in UTC: a cron schedule of five fields"),
  freshHours: count(0, 8760)
    .default(26)
    .describe("hours within which something new must land, or an alert tells; 0 for no promise; default 26"),
  deadlineMinutes: count(1, 1440).default(60).describe("minutes after which a run is stopped; default 60"),
  seconds: count(1, 86_400).default(600).describe("seconds that one download or one statement may take; default 600"),
  attempts: count(1, 20).default(5).describe("how often one run asks before it fails; default 5"),
  maxSize: disk
    .refine((bytes) => bytes <= 5 * 2 ** 30, { error: "1Mi to 5Gi: a batch is uploaded in one request" })
    .prefault("256Mi")
    .describe("size of one batch; a larger file is put into quarantine; default 256Mi"),
};

/** What files must be. */
const FILES = {
  format: z
    .enum(["csv", "json", "parquet", "avro", "raw"], { error: FORMAT_WORDS })
    .describe("what each file must be; json: objects one after the other, or a list of them; raw: anything"),
  columns: z
    .array(column, { error: "a list of columns" })
    .default([])
    .describe("columns that each file must have; default none"),
  encoding: mode("utf-8", "utf-16", "iso-8859-1", "windows-1252").default("utf-8").describe("of csv; default utf-8"),
  delimiter: text("one character", /^[^"\n\r]$/)
    .default(",")
    .describe("of csv; default a comma"),
  checksum: mode("stated", "sidecar")
    .default("stated")
    .describe(
      "stated: what the source itself says of its sums is checked; sidecar: <name>.sha256 must be beside; default stated",
    ),
};

const http = section({
  kind: z.literal("http"),
  url: text(DOCUMENT, new RegExp(`^https?://${HOST}(?::\\d{1,5})?/[A-Za-z0-9._~%+=,&?/:-]*$`)).describe(
    "URL of a document, which lands each time that it has changed",
  ),
  cidrs: ranges,
  auth: mode("none", "basic", "bearer").default("none").describe("how it signs in; default none"),
  secret: secret.optional(),
  redirects: z
    .array(section({ origin: originUrl, cidrs: ranges }), { error: "a list of { origin, cidrs }" })
    .default([])
    .describe("other hosts that it may be sent to, without its password; default none"),
  ...COMMON,
  ...FILES,
});

const s3 = section({
  kind: z.literal("s3"),
  endpoint: originUrl.describe("URL of the store"),
  cidrs: ranges,
  region: text("a region such as us-east-1", /^[a-z0-9-]{1,63}$/)
    .default("us-east-1")
    .describe("default us-east-1"),
  bucket: bucketName.describe("bucket of somebody else; each key lands once with each of its ETags"),
  prefix: text(KEYS, /^[^\\"'\s]{0,512}$/)
    .default("")
    .describe("beginning of the keys; default all"),
  suffix: text(KEYS, /^[^\\"'\s]{0,64}$/)
    .default("")
    .describe("end of the keys; default all"),
  secret,
  ...COMMON,
  ...FILES,
});

const jdbc = section({
  kind: z.literal("jdbc"),
  store: mode("postgres", "mariadb").optional().describe("a database of this stack, read by a user of its own"),
  database: text("the name of a database: lower-case letters, digits and '_'", /^[a-z][a-z0-9_]{0,62}$/)
    .optional()
    .describe("of the store"),
  url: text(DATABASE, new RegExp(`^(?:postgresql|mariadb)://${HOST}:\\d{1,5}/[A-Za-z0-9_-]{1,63}$`))
    .optional()
    .describe("a database elsewhere"),
  cidrs: ranges.optional(),
  secret: secret.optional(),
  tls: mode("verify", "off")
    .default("verify")
    .describe("whether a database elsewhere must show a certificate of its name; default verify"),
  table: text(NAMES, /^[A-Za-z_][A-Za-z0-9_]{0,62}(?:\.[A-Za-z_][A-Za-z0-9_]{0,62})?$/)
    .optional()
    .describe("table or view that is read"),
  query: text(QUERY, /^\s*(?:select|with)\b[^;]*$/i)
    .optional()
    .describe("query that is read, in the place of a table"),
  tables: z
    .array(text(NAMES, /^[A-Za-z_][A-Za-z0-9_]{0,62}(?:\.[A-Za-z_][A-Za-z0-9_]{0,62})?$/), {
      error: "a list of tables",
    })
    .default([])
    .describe("tables that a query of the stack's PostgreSQL reads: it may read no others; default none"),
  highWater: text(NAMES, /^[A-Za-z_][A-Za-z0-9_]{0,62}$/).describe(
    "column that grows and is never null: a number, a date or a time; rows beyond its last value land",
  ),
  rows: count(1000, 100_000_000).default(1_000_000).describe("rows of one batch; default 1000000"),
  settleSeconds: count(0, 86_400)
    .default(60)
    .describe(
      "times of the last so many seconds are left to the next run: a transaction may still write some; default 60",
    ),
  ...COMMON,
});

const files = section({
  kind: z.literal("files"),
  claim: dnsSubdomain.describe("name of a PersistentVolumeClaim beside the jobs, which others write to"),
  folder: text(PATH, /^\/[A-Za-z0-9._/-]{0,255}$/)
    .refine((path) => !path.split("/").includes(".."), { error: PATH })
    .default("/")
    .describe("folder in the volume; default /"),
  pattern: text("a pattern such as *.csv", /^[A-Za-z0-9._*?/-]{1,255}$/)
    .default("*")
    .describe("names of files, with * and ?; default all"),
  complete: mode("rename", "done", "age")
    .default("rename")
    .describe(
      "when a file is complete: renamed from .tmp, .part or a name with a dot before it; <name>.done is beside; unchanged for ageSeconds; default rename",
    ),
  ageSeconds: count(1, 86_400).default(300).describe("default 300"),
  after: mode("keep", "delete").default("keep").describe("what becomes of a file that has landed; default keep"),
  ...COMMON,
  ...FILES,
});

export const item = z.discriminatedUnion("kind", [http, s3, jdbc, files], { error: "kind: http, s3, jdbc or files" });
export type Item = z.output<typeof item>;
export type Http = z.output<typeof http>;
export type S3 = z.output<typeof s3>;
export type Jdbc = z.output<typeof jdbc>;
export type Files = z.output<typeof files>;
