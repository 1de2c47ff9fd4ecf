import { STREAM_MAPPINGS, streamSettings } from "../search-streams";
import { copies } from "./config";
import type { OpensearchSettings } from "./settings";

/** Templates of indices, how long these are kept, and where copies go: calls of the API, as the setup's script reads them. Pure. */

/** The repository of copies, and the policy that makes them. */
export const REPOSITORY = "backups";
const NIGHTLY = "lakehouse";

/** A primary shard that is larger takes long to move to another node. */
const LARGEST_SHARD = "30gb";

type Index = OpensearchSettings["indices"][number];

/** Data streams: what has a time and is never changed. Text is looked up as it is, but for the message, whose words are searched. */
function template({ name, shards }: Index, settings: OpensearchSettings): object {
  return {
    index_patterns: [`${name}-*`],
    priority: 100,
    data_stream: {},
    template: { settings: { ...streamSettings(shards, copies(settings)) }, mappings: STREAM_MAPPINGS },
  };
}

/** A day's records, or a shard's worth, are an index; the last record's age decides when it goes. */
function retention({ name, keepDays }: Index): object {
  return {
    policy: {
      description: `${name}: kept for ${String(keepDays)} days`,
      default_state: "written",
      states: [
        {
          name: "written",
          actions: [{ rollover: { min_index_age: "1d", min_primary_shard_size: LARGEST_SHARD } }],
          transitions: [{ state_name: "gone", conditions: { min_rollover_age: `${String(keepDays)}d` } }],
        },
        { name: "gone", actions: [{ delete: {} }], transitions: [] },
      ],
      ism_template: [{ index_patterns: [`${name}-*`], priority: 100 }],
    },
  };
}

function snapshots({ schedule, keepDays }: OpensearchSettings["snapshots"]): object {
  return {
    description: `every copy is kept for ${String(keepDays)} days`,
    enabled: true,
    creation: { schedule: { cron: { expression: schedule, timezone: "UTC" } }, time_limit: "6h" },
    deletion: {
      schedule: { cron: { expression: schedule, timezone: "UTC" } },
      condition: { max_age: `${String(keepDays)}d`, min_count: 1 },
      time_limit: "6h",
    },
    // Users and rights come from the stack's settings.
    snapshot_config: { repository: REPOSITORY, indices: "*,-.opendistro_security", include_global_state: false },
  };
}

/** Where copies stand in the object store. */
export interface CopyFacts {
  readonly bucket: string;
  /** Without a `/` at its end. */
  readonly path: string;
}

/** One call a line: `<method> <path> <body>`, or the kind of a policy, which is read before it is written. */
export function calls(settings: OpensearchSettings, copy: CopyFacts | undefined): string {
  const { indices, snapshots: own } = settings;
  const lines = [
    ...indices.map((index) => ["PUT", `/_index_template/${index.name}`, template(index, settings)] as const),
    ...indices.map((index) => ["ISM", `/_plugins/_ism/policies/${index.name}`, retention(index)] as const),
    ...(copy === undefined
      ? []
      : [
          [
            "PUT",
            `/_snapshot/${REPOSITORY}`,
            {
              type: "s3",
              // By default shards' files go to the bucket's root, below hashes, where the granted prefix does not reach.
              settings: { client: "default", bucket: copy.bucket, base_path: copy.path, shard_path_type: "FIXED" },
            },
          ] as const,
          ["SM", `/_plugins/_sm/policies/${NIGHTLY}`, snapshots(own)] as const,
        ]),
  ];
  return lines.map(([method, path, body]) => `${method} ${path} ${JSON.stringify(body)}\n`).join("");
}
