import { description } from "../capacity/model";
import type { Config } from "../core/define";
import { Field } from "../core/field";
import type { Stack } from "../core/stack";

/** What is asked of a bucket, and by whom. */
export interface Mark {
  readonly versioning: boolean;
  readonly objectLock: boolean;
  /** Reads on from the bucket: `is marked in the configuration`. */
  readonly why: string;
}

export const MARKS_CONFIG = {
  buckets: {
    type: "array" as const,
    items: { type: "object" as const },
    description: "Buckets besides those that the stack marks itself: name, versioning, objectLock.",
  },
};

/** Where backup tools name the bucket that they write to. */
const BACKUPS: Readonly<Record<string, string>> = {
  "barmancloud.cnpg.io/ObjectStore": "spec.configuration.destinationPath",
  "postgresql.cnpg.io/Cluster": "spec.backup.barmanObjectStore.destinationPath",
  "velero.io/BackupStorageLocation": "spec.objectStorage.bucket",
};

/** What is asked of each bucket, by its name: by the configuration, the capacity ConfigMap, and what writes backups there. */
export function marks(stack: Stack, config: Config): ReadonlyMap<string, Mark[]> {
  const all = new Map<string, Mark[]>();
  const add = (name: string | undefined, mark: Mark) => {
    if (name !== undefined) all.set(name, [...(all.get(name) ?? []), mark]);
  };
  const stated = (list: Field, where: string) => {
    for (const one of list.items) {
      const mark = { versioning: one.at("versioning").is(true), objectLock: one.at("objectLock").is(true) };
      add(one.at("name").text, { ...mark, why: `is marked in ${where}` });
    }
  };
  stated(Field.made(config.buckets, "buckets"), "the configuration");
  stated(description(stack).at("buckets"), "the capacity ConfigMap");
  for (const [key, path] of Object.entries(BACKUPS)) {
    for (const resource of stack.of(key)) {
      const name = /^(?:s3:\/\/)?([^/]+)/.exec(resource.root.get(path).text ?? "")?.[1];
      add(name, { versioning: true, objectLock: true, why: `keeps the backups of ${resource.title}` });
    }
  }
  return all;
}
