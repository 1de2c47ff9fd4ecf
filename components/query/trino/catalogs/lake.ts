import { GiB } from "../../../core/quantity";
import { type Endpoint, isSecure, url } from "../../../core/endpoint";
import { properties } from "../../../core/render";
import { CA_FILE } from "../../../core/trust";
import { dataSize, floorMiB } from "../../engine-memory";
import type { Role } from "../config";

/** Catalogs of tables in the object store, as pure functions of endpoints and sizes. Secrets are referred to as `${ENV:NAME}` only. */

/** Endpoint of the object store. */
export interface S3Config {
  readonly url: string;
  readonly region: string;
}

/** Common facts of the catalogs of tables in the object store, on one node. */
export interface Lake {
  readonly version: string;
  readonly s3: S3Config;
  /** Bytes of the node's disk for the cache of objects; 0 for none. */
  readonly cache: number;
}

export const CACHE_PATH = "/data/cache";
/** Shares of a node's cache: Iceberg is the platform's own format and has most of the data. */
const CACHE_SHARES = { lakehouse: 0.8, delta: 0.2 };

/** Bytes of a node's disk for its cache: all data passes the workers, the coordinator reads metadata only. */
export function cacheSize(cache: { readonly enabled: boolean; readonly size: number }, role: Role): number {
  if (!cache.enabled) return 0;
  return role === "worker" ? cache.size : Math.max(floorMiB(cache.size / 10), GiB / 4);
}

/** Up to 480 the switch is called `fs.native-s3.enabled`, from 481 `fs.s3.enabled`; each refuses the other's name. */
function s3Properties({ version, s3 }: Lake): Record<string, string | boolean> {
  return {
    [Number(version) <= 480 ? "fs.native-s3.enabled" : "fs.s3.enabled"]: true,
    "s3.endpoint": s3.url,
    "s3.region": s3.region,
    "s3.path-style-access": true,
  };
}

const S3_KEYS = {
  "s3.aws-access-key": "${ENV:TRINO_S3_ACCESS_KEY}",
  "s3.aws-secret-key": "${ENV:TRINO_S3_SECRET_KEY}",
};

/** A tenth of the disk stays free: a page is written before an older one goes, and a pod whose scratch volume is full is evicted. */
const CACHE_FILL = 0.9;

/** Cache of files on the node's disk: files of tables never change. Catalogs with caches of their own must not share a folder. */
function cacheProperties(
  { version, cache }: Lake,
  catalog: keyof typeof CACHE_SHARES,
): Record<string, string | boolean> {
  if (cache === 0) return {};
  if (sharesCache(version)) return { "fs.cache.enabled": true };
  return {
    "fs.cache.enabled": true,
    "fs.cache.directories": `${CACHE_PATH}/${catalog}`,
    "fs.cache.max-sizes": dataSize(CACHE_FILL * CACHE_SHARES[catalog] * cache),
  };
}

/** From 484 on one cache of the node serves all catalogs. */
const sharesCache = (version: string) => Number(version) >= 484;

/** The file of the node's one cache; undefined where each catalog has its own, or none. */
export function cacheManager({ version, cache }: Lake): string | undefined {
  if (cache === 0 || !sharesCache(version)) return undefined;
  return properties({
    "cache-manager.name": "alluxio",
    "fs.cache.directories": CACHE_PATH,
    "fs.cache.max-sizes": dataSize(CACHE_FILL * cache),
  });
}

/** A REST catalog of Iceberg tables. */
const restCatalog = (
  uri: string,
  lake: Lake,
  more: Readonly<Record<string, string | boolean>>,
): Record<string, string | boolean> => ({
  "connector.name": "iceberg",
  "iceberg.catalog.type": "rest",
  "iceberg.rest-catalog.uri": uri,
  ...more,
  "iceberg.file-format": "PARQUET",
  "iceberg.compression-codec": "ZSTD",
  ...s3Properties(lake),
});

export const icebergCatalog = (restUrl: string, lake: Lake): string =>
  properties({ ...restCatalog(restUrl, lake, {}), ...S3_KEYS, ...cacheProperties(lake, "lakehouse") });

/** The variable with Trino's token at the catalog that gives keys. */
export const VENDED_TOKEN = "TRINO_VENDED_TOKEN";

/** Trino gets keys with each table, and has none of its own. No cache on disk: whoever has no right to a table finds none of it there. */
export const vendedCatalog = (restUrl: string, lake: Lake): string =>
  properties(
    restCatalog(restUrl, lake, {
      "iceberg.rest-catalog.security": "OAUTH2",
      "iceberg.rest-catalog.oauth2.token": `\${ENV:${VENDED_TOKEN}}`,
      "iceberg.rest-catalog.vended-credentials-enabled": true,
    }),
  );

/** Delta tables are registered in the metastore and reached by Thrift. */
export function deltaCatalog(thrift: Endpoint, lake: Lake): string {
  const ssl = "hive.metastore.thrift.client.ssl";
  return properties({
    "connector.name": "delta_lake",
    "hive.metastore.uri": url(thrift),
    ...(isSecure(thrift) ? { [`${ssl}.enabled`]: true, [`${ssl}.trust-certificate`]: CA_FILE } : {}),
    ...s3Properties(lake),
    ...S3_KEYS,
    ...cacheProperties(lake, "delta"),
  });
}
