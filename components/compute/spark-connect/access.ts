import type { BucketNames, BucketRequest } from "../../core/capabilities";
import type { SparkConnectSettings } from "./settings";

/** What sessions may do in the object store. Pure. */

/** Namespace of tables that sessions may write by default. */
export const SCRATCH = "scratch";

type Level = SparkConnectSettings["access"];

const READ = [
  { bucket: "silver", level: "read" },
  { bucket: "gold", level: "read" },
] as const satisfies readonly BucketRequest[];

const REQUESTS: Readonly<Record<Level, readonly BucketRequest[]>> = {
  read: READ,
  scratch: [...READ, { bucket: "warehouse", prefix: `${SCRATCH}/`, level: "write" }],
  // As the stack's jobs: raw data stays.
  write: [
    { bucket: "bronze", level: "append" },
    { bucket: "silver", level: "write" },
    { bucket: "gold", level: "write" },
    { bucket: "warehouse", level: "write" },
  ],
};

export const bucketRequests = (level: Level): readonly BucketRequest[] => REQUESTS[level];

/** Where a session creates namespaces, by their names. */
export function locations(level: Level, buckets: BucketNames): Record<string, string> {
  const { bronze, silver, gold, warehouse } = buckets;
  const scratch = { [SCRATCH]: `s3://${warehouse}/${SCRATCH}/` };
  if (level === "write")
    return { bronze: `s3://${bronze}/`, silver: `s3://${silver}/`, gold: `s3://${gold}/`, ...scratch };
  return level === "scratch" ? scratch : {};
}
