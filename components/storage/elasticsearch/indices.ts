import { STREAM_MAPPINGS, streamSettings } from "../search-streams";
import { copies } from "./config";
import type { ElasticsearchSettings } from "./settings";

/** Templates of indices, their retention, and copies: HTTP requests, as the setup's script reads them. Pure. */

/** The repository of copies, and the policy that makes them. */
export const REPOSITORY = "backups";
export const NIGHTLY = "lakehouse";

/** A primary shard that is larger takes long to move to another node. */
const LARGEST_SHARD = "30gb";

type Index = ElasticsearchSettings["indices"][number];

const nameOf = ({ name }: Index) => `lakehouse-${name}`;

/** Data streams: records with a time that are never changed. Text is looked up as it is, but for the message, whose words are searched. */
function template(index: Index, settings: ElasticsearchSettings): object {
  return {
    index_patterns: [`${index.name}-*`],
    priority: 500,
    data_stream: {},
    template: {
      settings: { "index.lifecycle.name": nameOf(index), ...streamSettings(index.shards, copies(settings)) },
      mappings: STREAM_MAPPINGS,
    },
  };
}

/** Index lifecycle: a day's records, or a shard's worth, are an index; it is deleted so many days after its last record. */
export const lifecycle = ({ keepDays }: Pick<Index, "keepDays">): object => ({
  policy: {
    phases: {
      hot: { min_age: "0ms", actions: { rollover: { max_age: "1d", max_primary_shard_size: LARGEST_SHARD } } },
      delete: { min_age: `${String(keepDays)}d`, actions: { delete: {} } },
    },
  },
});

/**
 * A schedule as Elasticsearch reads it: seconds first, days of the week from 1 for Sunday, and `?` for the kind of days that does not
 * matter.
 */
export function cronOf(schedule: string): string {
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = schedule.split(/\s+/);
  const every = (field: string) => field.replaceAll("?", "*");
  const anyWeekday = /^[*?]$/.test(weekday);
  const shifted = weekday.replaceAll(/(?<![/\w])\d/g, (number) => String(Number(number) + 1)).toUpperCase();
  const days = anyWeekday ? [every(day), every(month), "?"] : ["?", every(month), shifted];
  return ["0", every(minute), every(hour), ...days].join(" ").toUpperCase();
}

export const nightly = ({ schedule, keepDays }: ElasticsearchSettings["snapshots"]): object => ({
  schedule: cronOf(schedule),
  name: `<${NIGHTLY}-{now/d}>`,
  repository: REPOSITORY,
  // Users and rights come from the stack's settings.
  config: { indices: ["*"], include_global_state: false },
  retention: { expire_after: `${String(keepDays)}d`, min_count: 1, max_count: 1000 },
});

/** Place of the copies in the object store. */
export interface CopyFacts {
  readonly bucket: string;
  /** Without a `/` at its end. */
  readonly path: string;
}

/** One request a line: `<method> <path> <body>`. */
export function calls(settings: ElasticsearchSettings, copy: CopyFacts | undefined): string {
  const { indices, snapshots } = settings;
  const lines = [
    ...indices.map((index) => [`/_ilm/policy/${nameOf(index)}`, lifecycle(index)] as const),
    ...indices.map((index) => [`/_index_template/${nameOf(index)}`, template(index, settings)] as const),
    ...(copy === undefined
      ? []
      : [
          [
            `/_snapshot/${REPOSITORY}`,
            { type: "s3", settings: { client: "default", bucket: copy.bucket, base_path: copy.path } },
          ] as const,
          [`/_slm/policy/${NIGHTLY}`, nightly(snapshots)] as const,
        ]),
  ];
  return lines.map(([path, body]) => `PUT ${path} ${JSON.stringify(body)}\n`).join("");
}
