import { capacityConfigMap } from "../capacity/model";
import type { Config } from "../core/define";
import { Field } from "../core/field";
import { first } from "../core/path";
import type { Stack } from "../core/stack";
import { keysOf } from "../operators";
import { kindOf } from "../workloads";
import { placeOf } from "../workloads/text";

/** A requirement of a bucket, and its reason. */
export interface Mark {
  readonly versioning: boolean;
  readonly objectLock: boolean;
  /** Follows the bucket's name in a message: `is marked in the configuration`. */
  readonly why: string;
}

export const MARKS_CONFIG = {
  buckets: {
    type: "array" as const,
    items: { type: "object" as const },
    description: "Buckets to mark, in addition to those in the capacity ConfigMap: name, versioning, objectLock.",
  },
};

/** Kinds that name the bucket that they write backups to. */
const BACKUPS = keysOf(({ backups }) => backups !== undefined);

/** Requirements by bucket name, from the configuration, the capacity ConfigMap and the kinds that write backups. */
export function marks(stack: Stack, config: Config): ReadonlyMap<string, Mark[]> {
  const all = new Map<string, Mark[]>();
  const add = (name: string | undefined, mark: Mark) => {
    if (name !== undefined) all.set(name, [...(all.get(name) ?? []), mark]);
  };
  const addListed = (list: Field, where: string) => {
    for (const one of list.items) {
      const mark = { versioning: one.at("versioning").is(true), objectLock: one.at("objectLock").is(true) };
      add(one.at("name").text, { ...mark, why: `is marked in ${where}` });
    }
  };
  addListed(Field.made(config.buckets, "buckets"), "the configuration");
  addListed(capacityConfigMap(stack).at("buckets"), "the capacity ConfigMap");
  for (const resource of stack.of(...BACKUPS)) {
    const place = first(placeOf(resource), kindOf(resource)?.backups ?? "").text;
    const name = /^(?:s3:\/\/)?([^/]+)/.exec(place ?? "")?.[1];
    add(name, { versioning: true, objectLock: true, why: `keeps the backups of ${resource.title}` });
  }
  return all;
}
