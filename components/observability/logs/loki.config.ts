import { stringify } from "yaml";

import type { ObjectStore } from "../../core/capabilities";
import { DATA_DIRECTORY, LOKI } from "./pods";
import type { LogsSettings } from "./settings";

export const PORT = 3100;
export const GRPC_PORT = 9095;
/** Lokis find each other by it. */
export const GOSSIP_PORT = 7946;
export const METRICS = { portName: "http", port: PORT } as const;
export const READY = "/ready";
export const CONFIG_DIRECTORY = "/etc/loki/config";

/** Variables with the object store's keys: `-config.expand-env` puts them in. */
export const KEYS = { user: "S3_ACCESS_KEY", password: "S3_SECRET_KEY" } as const;

export interface LokiFacts {
  readonly settings: LogsSettings;
  readonly bucket: string;
  readonly objects: Pick<ObjectStore, "endpoint" | "region">;
  /** Host at which all Lokis are found. */
  readonly peers: string;
}

/** Everything in one process, with lines in the object store. What several do differently follows from their number. */
export function lokiConfig({ settings, bucket, objects, peers }: LokiFacts): string {
  const several = settings.server.replicas > 1;
  const { endpoint, region } = objects;
  const days = (count: number) => `${String(24 * count)}h`;
  return stringify({
    // One tenant: who may ask is decided by links.
    auth_enabled: false,
    analytics: { reporting_enabled: false },
    server: { http_listen_port: PORT, grpc_listen_port: GRPC_PORT, log_level: "warn" },
    common: {
      path_prefix: DATA_DIRECTORY,
      replication_factor: several ? 3 : 1,
      ring: { kvstore: { store: several ? "memberlist" : "inmemory" } },
    },
    ...(several ? { memberlist: { join_members: [`${peers}:${String(GOSSIP_PORT)}`], bind_port: GOSSIP_PORT } } : {}),
    schema_config: {
      configs: [
        // A day before the first line: it is never changed, only followed by others.
        {
          from: "2026-01-01",
          store: "tsdb",
          object_store: "s3",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    storage_config: {
      tsdb_shipper: {
        active_index_directory: `${DATA_DIRECTORY}/index`,
        cache_location: `${DATA_DIRECTORY}/index-cache`,
      },
      use_thanos_objstore: true,
      object_store: {
        // The part of the bucket that belongs to it.
        storage_prefix: LOKI,
        s3: {
          bucket_name: bucket,
          endpoint: `${endpoint.host}:${String(endpoint.port)}`,
          region,
          insecure: endpoint.scheme !== "https",
          access_key_id: `\${${KEYS.user}}`,
          secret_access_key: `\${${KEYS.password}}`,
        },
      },
    },
    limits_config: {
      retention_period: days(settings.retentionDays),
      // Agents that were cut off for longer have lost the files of their nodes.
      reject_old_samples_max_age: days(7),
      allow_structured_metadata: true,
      volume_enabled: true,
    },
    compactor: {
      working_directory: `${DATA_DIRECTORY}/compactor`,
      retention_enabled: true,
      delete_request_store: "s3",
    },
    query_range: { results_cache: { cache: { embedded_cache: { enabled: true, max_size_mb: 64 } } } },
  });
}
