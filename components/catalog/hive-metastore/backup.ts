import { shellWord } from "../../core/render";

/** Scripts around the metadata's backup, as pure functions. Values come from the environment of the containers. */

/** Directory of the dump, shared by the two containers. */
export const DUMP_DIRECTORY = "/backup";
/** Prefix of dumps in the bucket `backups`: the only part of it that the metastore has access to. */
export const BACKUP_PREFIX = "hive-metastore/";

/** Waits until the database accepts connections: on a new stack it starts at the same time as its clients. */
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

/** Old dumps are deleted only after the new one is uploaded. The client writes credentials to its directory in the pod alone. */
export function uploadScript({ bucket, retentionDays }: UploadFacts): string {
  const target = shellWord(`store/${bucket}/${BACKUP_PREFIX}`);
  return [
    'mc alias set store "$S3_URL" "$S3_ACCESS_KEY" "$S3_SECRET_KEY" --api S3v4 --path on',
    `for file in ${DUMP_DIRECTORY}/*.dump; do mc cp --quiet "$file" ${target}"\${file##*/}"; done`,
    `mc rm --quiet --recursive --force --older-than ${String(retentionDays)}d ${target}`,
  ].join("\n");
}
