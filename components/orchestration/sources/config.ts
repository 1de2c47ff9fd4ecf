import type { DatabaseAccess } from "../../core/capabilities";
import { isSecure } from "../../core/endpoint";
import type { Files, Http, Item, Jdbc, S3 } from "./items";

/** What a job is told, as pure functions of settings and addresses. Secrets come from elsewhere. */

export const SERVICE = "sources";
export const SCRATCH = "/tmp";
/** Where jobs see the volume of a file drop. */
export const DROP = "/srv/drop";
export const DIRECTORY = "/etc/sources";
export const FILE = "source.json";
/** How a run ends that has put files into quarantine: another try would find the same. */
export const QUARANTINED = 3;

/** `sources-prices`: its pods, its user in the store, its policies. */
export const serviceOf = (name: string): string => `${SERVICE}-${name}`;
/** Parts of bronze that belong to one source. */
export const landingPrefix = (name: string): string => `sources/${name}/`;
export const quarantinePrefix = (name: string): string => `quarantine/${name}/`;

/** Where its batches land. */
export interface Lake {
  /** `http://minio.lakehouse-storage.svc:9000` */
  readonly endpoint: string;
  readonly region: string;
  /** Real name of bronze. */
  readonly bucket: string;
}

/** The declaration that the job reads. Times in seconds, sizes in bytes. */
export function declaration(name: string, item: Item, lake: Lake, access?: DatabaseAccess): string {
  const { freshHours, seconds, attempts, maxSize } = item;
  const text = {
    name,
    kind: item.kind,
    lake: { ...lake, prefix: landingPrefix(name), quarantine: quarantinePrefix(name) },
    content: contentOf(item),
    ...(item.kind === "jdbc" ? {} : { checksum: item.checksum }),
    maxBytes: maxSize,
    seconds,
    attempts,
    freshSeconds: freshHours * 3600,
    scratch: SCRATCH,
    of: partOf(item, access),
  };
  return `${JSON.stringify(text, undefined, 2)}\n`;
}

function contentOf(item: Item): object {
  if (item.kind === "jdbc") return { format: "parquet" };
  const { format, columns, encoding, delimiter } = item;
  return { format, columns, ...(format === "csv" ? { encoding, delimiter } : {}) };
}

function partOf(item: Item, access?: DatabaseAccess): object {
  switch (item.kind) {
    case "http":
      return ofDocument(item);
    case "s3":
      return ofBucket(item);
    case "jdbc":
      return ofDatabase(item, access);
    case "files":
      return ofDrop(item);
  }
}

const ofDocument = ({ url, auth, redirects }: Http) => ({
  url,
  auth,
  redirects: redirects.map(({ origin }) => new URL(origin).host),
});

const ofBucket = ({ endpoint, region, bucket, prefix, suffix }: S3) => ({ endpoint, region, bucket, prefix, suffix });

function ofDatabase({ url, store, tls, table, query, highWater, rows, settleSeconds }: Jdbc, access?: DatabaseAccess) {
  const read = { ...(table === undefined ? { query } : { table }), highWater, rows, settleSeconds };
  if (url !== undefined) {
    const { protocol, hostname, port, pathname } = new URL(url);
    const place = { dialect: protocol.replace(":", ""), host: hostname, port: Number(port) };
    return { ...place, database: pathname.slice(1), tls, ...read };
  }
  if (access === undefined) throw new Error("a source of the stack's own database has no access to it");
  const { endpoint, database } = access;
  const dialect = store === "postgres" ? "postgresql" : "mariadb";
  return {
    dialect,
    host: endpoint.host,
    port: endpoint.port,
    database,
    tls: isSecure(endpoint) ? "verify" : "off",
    ...read,
  };
}

const ofDrop = ({ folder, pattern, complete, ageSeconds, after }: Files) => ({
  path: `${DROP}${folder}`.replace(/\/+$/, ""),
  pattern,
  complete,
  ageSeconds,
  after,
});
