import type { BucketNames, BucketRequest } from "../../core/capabilities";
import { shellWord } from "../../core/render";
import type { Item } from "./settings";

/** What a job runs, as pure functions of settings and addresses. Secrets come from elsewhere. */

export const SERVICE = "migration";
export const SCRATCH = "/tmp";
export const DIRECTORY = "/etc/migration";
export const FILE = "run.sh";
/** How a run ends that has copied everything and found differences: another try at once would find the same. */
export const DIFFERENT = 3;
/** Times that a part is copied and compared in one run, as the other store may still be written to. */
const ROUNDS = 3;

/** `migration-old-lake`: its pods, its user in the store, its policies. */
export const serviceOf = (name: string): string => `${SERVICE}-${name}`;

/** What it may do here: add and replace, and never delete. */
export const rights = ({ parts }: Item): BucketRequest[] =>
  parts.map(({ to, toPrefix }) => ({ bucket: to, level: "append", ...(toPrefix === "" ? {} : { prefix: toPrefix }) }));

interface Store {
  readonly endpoint: string;
  readonly region: string;
  readonly pathStyle: boolean;
}

/** Variables of one of rclone's remotes, without its keys (rclone.org/docs, "Config file" as environment). */
function remote(name: string, { endpoint, region, pathStyle }: Store): Record<string, string> {
  const of = (key: string) => `RCLONE_CONFIG_${name}_${key}`;
  return {
    [of("TYPE")]: "s3",
    [of("PROVIDER")]: "Other",
    [of("ENDPOINT")]: endpoint,
    [of("REGION")]: region,
    [of("FORCE_PATH_STYLE")]: String(pathStyle),
    // It may neither make buckets nor ask whether they are there.
    [of("NO_CHECK_BUCKET")]: "true",
  };
}

/** @param here the stack's own store */
export function variables(item: Item, here: Omit<Store, "pathStyle">): Record<string, string> {
  const { transfers, bandwidth } = item;
  return {
    ...remote("FROM", item),
    ...remote("TO", { ...here, pathStyle: true }),
    // In memory alone: there is no file of settings.
    RCLONE_CONFIG: "",
    RCLONE_CACHE_DIR: `${SCRATCH}/cache`,
    RCLONE_TEMP_DIR: SCRATCH,
    // Sums are in the lists of both stores; times of change would take a request for each object.
    RCLONE_CHECKSUM: "true",
    RCLONE_METADATA: "true",
    RCLONE_TRANSFERS: String(transfers),
    RCLONE_CHECKERS: String(2 * transfers),
    ...(bandwidth === undefined ? {} : { RCLONE_BWLIMIT: `${String(bandwidth)}B` }),
    RCLONE_USE_JSON_LOG: "true",
    RCLONE_STATS: "1m",
    RCLONE_STATS_LOG_LEVEL: "NOTICE",
    RCLONE_STATS_ONE_LINE: "true",
  };
}

/** The script that a run is: each part is copied, then compared, object by object. */
export function script({ parts, verify }: Item, buckets: BucketNames): string {
  const lines = parts.map(({ from, prefix, to, toPrefix }) =>
    ["part", ...[`from:${from}/${prefix}`, `to:${buckets[to]}/${toPrefix}`].map(shellWord)].join(" "),
  );
  return `# 0: both are alike. 1: another try may help. ${String(DIFFERENT)}: all is copied, and something differs.
ended=0
end() {
  [ "$ended" -eq 1 ] || ended="$1"
}
# The first names of a file, as one line of the log each.
names() {
  head -n 20 "$1" | while IFS= read -r name; do printf 'migration: %s: %s\\n' "$2" "$name"; done
}
part() {
  round=1
  while true; do
    rclone copy "$1" "$2" || { echo "migration: $1 to $2: not copied" && end 1 && return; }
    : > ${SCRATCH}/missing && : > ${SCRATCH}/differ && : > ${SCRATCH}/error
    rclone check --one-way${verify === "bytes" ? " --download" : ""} --missing-on-dst ${SCRATCH}/missing --differ ${SCRATCH}/differ --error ${SCRATCH}/error "$1" "$2" && {
      printf 'migration: %s to %s: alike: ' "$1" "$2" && rclone size --json "$1" && return
    }
    [ -s ${SCRATCH}/missing ] || [ -s ${SCRATCH}/differ ] || { echo "migration: $1 to $2: not compared" && end 1 && return; }
    [ "$round" -lt ${String(ROUNDS)} ] || break
    round=$((round + 1))
  done
  names ${SCRATCH}/missing "not here" && names ${SCRATCH}/differ "differs" && names ${SCRATCH}/error "not read"
  end ${String(DIFFERENT)}
}
${lines.join("\n")}
exit "$ended"
`;
}
