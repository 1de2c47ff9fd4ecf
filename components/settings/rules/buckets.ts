import type { Rule } from "../rule";

/** Names of buckets are unique. */
export const distinctBuckets: Rule = function* ({ storage }) {
  const owners = new Map<string, string>();
  for (const [key, bucket] of Object.entries(storage.buckets)) {
    const name = bucket.name ?? `${storage.bucketPrefix}${key}`;
    const path = `lakehouse:storage.buckets.${key}.name`;
    if (!/^[a-z0-9][-a-z0-9]{1,61}[a-z0-9]$/.test(name))
      yield {
        path,
        message: `"${name}" (with the prefix) is not an S3 bucket name; allowed: 3 to 63 lower-case letters, digits and '-'`,
      };
    const owner = owners.get(name);
    if (owner !== undefined)
      yield { path, message: `given "${name}", which ${owner} has already; allowed: a name of its own` };
    owners.set(name, key);
  }
};
