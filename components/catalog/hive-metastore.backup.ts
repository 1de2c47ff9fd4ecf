import { shellWord } from "../core/render";

/** Scripts around the metadata's backup, as pure functions. Values come from the environment of the containers. */

/** Where the dump stands between the two containers. */
export const DUMP_DIRECTORY = "/backup";
/** Below it the dumps stand in the backups bucket; the only part of that bucket which the metastore may touch. */
export const BACKUP_PREFIX = "hive-metastore/";

/** Waits until the database takes connections: on a new stack it comes up at the same time as its clients. */
export const WAIT_SCRIPT = "until psql --no-psqlrc --quiet --command 'select 1' > /dev/null; do sleep 5; done";

/**
 * One consistent snapshot in pg_dump's own format, named after its time (UTC, sortable), without owners, so that it can be
 * restored by any role. A dump whose table of contents cannot be read is a failure.
 */
export function dumpScript(): string {
  return [
    `file="${DUMP_DIRECTORY}/$(date -u +%Y-%m-%dT%H-%M-%SZ).dump"`,
    'pg_dump --format=custom --no-owner --no-privileges --file="$file"',
    'pg_restore --list "$file" > /dev/null',
  ].join("\n");
}

export interface UploadFacts {
  /** Real name of the backups bucket. */
  readonly bucket: string;
  readonly retentionDays: number;
}

/** Old dumps go only after the new one is there. Credentials are written to the client's directory in the pod alone. */
export function uploadScript({ bucket, retentionDays }: UploadFacts): string {
  const target = shellWord(`store/${bucket}/${BACKUP_PREFIX}`);
  return [
    'mc alias set store "$S3_URL" "$S3_ACCESS_KEY" "$S3_SECRET_KEY" --api S3v4 --path on',
    `for file in ${DUMP_DIRECTORY}/*.dump; do mc cp --quiet "$file" ${target}"\${file##*/}"; done`,
    `mc rm --quiet --recursive --force --older-than ${String(retentionDays)}d ${target}`,
  ].join("\n");
}
