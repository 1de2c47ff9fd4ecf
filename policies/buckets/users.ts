import type { StackValidationPolicy } from "@pulumi/policy";

import { stackPolicy } from "../core/define";
import type { Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import { keysOf } from "../operators";
import { kindOf } from "../workloads";
import { secretsOf } from "../workloads/secrets";
import { fill, placeOf } from "../workloads/text";

/** Services by the user of the object store whose keys they read. */

interface User {
  readonly resource: Resource;
  readonly name: string;
  /** Secrets that hold its keys, as `namespace/name`. */
  readonly secrets: readonly string[];
}

/** Kinds from which an operator makes a user. */
const USERS = keysOf(({ keys }) => keys !== undefined);

const NAME = "app.kubernetes.io/name";

export const storageForbidSharedUsers: StackValidationPolicy = stackPolicy({
  name: "storage-forbid-shared-users",
  description: "Every user of the object store belongs to one service.",
  *check(stack) {
    const readers = secretReaders(stack);
    for (const { resource, name, secrets } of users(stack)) {
      const services = new Set(secrets.flatMap((secret) => [...(readers.get(secret) ?? [])]));
      if (services.size < 2) continue;
      yield {
        on: resource,
        field: resource.root.at("name").absent ? "metadata.name" : "name",
        problem: `is used by ${[...services].sort().join(" and ")}, which share the rights of ${name}`,
        fix: "give each service a user of its own, with a policy of its own",
      };
    }
  },
});

function users(stack: Stack): User[] {
  const holding = secretsByValue(stack);
  const minio = stack.of("minio:index/iamUser:IamUser").flatMap((resource) => {
    const name = resource.root.at("name").text;
    return name === undefined ? [] : [{ resource, name, secrets: holding.get(name) ?? [] }];
  });
  // An operator writes the keys of a user into a Secret in the user's namespace.
  const operated = stack.of(...USERS).map((resource) => {
    const secret = fill(kindOf(resource)?.keys ?? "", placeOf(resource));
    const secrets = secret === null ? [] : [`${resource.namespace ?? ""}/${secret}`];
    return { resource, name: resource.name, secrets };
  });
  return [...minio, ...operated];
}

/** Secrets of the stack by their values, because the name of a MinIO user is its access key. */
function secretsByValue(stack: Stack): ReadonlyMap<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { root, namespace, name } of stack.of("core/Secret")) {
    for (const { field } of root.at("stringData").strings()) {
      const value = field.text ?? "";
      found.set(value, [...(found.get(value) ?? []), `${namespace ?? ""}/${name}`]);
    }
  }
  return found;
}

/** Services by the Secrets that their pods read. */
function secretReaders(stack: Stack): ReadonlyMap<string, Set<string>> {
  const readers = new Map<string, Set<string>>();
  for (const workload of stack.workloads) {
    const service = workload.labels?.[NAME];
    if (typeof service !== "string") continue;
    for (const secret of secretsOf(workload, stack)) {
      const key = `${workload.namespace ?? ""}/${secret}`;
      readers.set(key, (readers.get(key) ?? new Set()).add(service));
    }
  }
  return readers;
}
