import type { TopicRequest } from "../../core/capabilities";

/** Least ACLs for each level of access, in the form of Strimzi's KafkaUser. Pure. */

interface Acl {
  readonly resource: {
    readonly type: "topic" | "group" | "transactionalId";
    readonly name: string;
    readonly patternType: "literal" | "prefix";
  };
  readonly operations: readonly string[];
}

/** Operations by level. Clients need `DescribeConfigs` to check that a topic for their state is compacted. */
const TOPIC_OPERATIONS: Readonly<Record<TopicRequest["level"], readonly string[]>> = {
  read: ["Describe", "DescribeConfigs", "Read"],
  write: ["Describe", "DescribeConfigs", "Write"],
  create: ["Create", "Describe", "DescribeConfigs", "Write"],
};

/**
 * The ACLs of one user. Readers may use the consumer group of the given name, writers transactional IDs of their own name; and
 * names that continue with `-`, but not those of a service whose name has the same beginning. ACLs are unique and sorted, so that
 * unchanged ones show no difference.
 */
export function acls(user: string, access: readonly TopicRequest[]): Acl[] {
  const byResource = new Map<string, Acl>();
  const add = (type: Acl["resource"]["type"], name: string, prefix: boolean, operations: readonly string[]) => {
    const patternType = prefix ? "prefix" : "literal";
    const key = `${type} ${name} ${patternType}`;
    const before = byResource.get(key)?.operations ?? [];
    const all = [...new Set([...before, ...operations])].sort();
    byResource.set(key, { resource: { type, name, patternType }, operations: all });
  };
  for (const { topic, prefix = false, level, group } of access) {
    add("topic", topic, prefix, TOPIC_OPERATIONS[level]);
    if (group === false) continue;
    const [type, name, operation] =
      level === "read" ? (["group", group ?? user, "Read"] as const) : (["transactionalId", user, "Write"] as const);
    add(type, name, false, ["Describe", operation]);
    add(type, `${name}-`, true, ["Describe", operation]);
  }
  const sorted = [...byResource.entries()].sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([, acl]) => acl);
}

/** Kubernetes name of a topic, without `_` and upper case: the real name is in the specification. */
export function resourceName(topic: string): string {
  return topic
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, "-")
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
}
