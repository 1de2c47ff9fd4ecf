import assert from "node:assert/strict";

import type { Recorded } from "../../preview/recorder";
import { clientNames } from "../../components/core/login";
import { systemsOn } from "../../components/facts";
import { systems } from "../../components/systems";
import { stackSettings } from "../../preview/plan";
import { shippedConfig } from "../support/stacks";
import { judged, recorded, STACKS } from "./harness";

/** Kinds of users, with the field of their login name. */
const USERS: Readonly<Record<string, (inputs: Recorded["inputs"]) => unknown>> = {
  "minio:index/iamUser:IamUser": ({ name }) => name,
  "postgresql:index/role:Role": ({ name, login }) => (login === true ? String(name).replaceAll("_", "-") : undefined),
  "kubernetes:kafka.strimzi.io/v1:KafkaUser": named,
  "kubernetes:ceph.rook.io/v1:CephObjectStoreUser": named,
};

function named({ metadata }: Recorded["inputs"]): unknown {
  return (metadata as { name: string }).name;
}

const CLIENTS = systems.flatMap(({ clients: all = [] }) => all);
const clients = CLIENTS.toSorted((one, other) => other.length - one.length);

/** The client that settings know a service by: `sources` of `sources-prices`. */
const clientOf = (service: string) => clientNames(service).find((name) => CLIENTS.includes(name));

/** Users by service: `trino` and `trino-2` belong to `trino`. */
function users(resources: readonly Recorded[]): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const { type, inputs } of resources) {
    const user = USERS[type]?.(inputs);
    if (typeof user !== "string") continue;
    const service = user.replace(/-\d+$/, "");
    if (clientOf(service) !== undefined) all.set(service, (all.get(service) ?? new Set()).add(user));
  }
  return all;
}

/** Services with a Secret of the second generation beside that of the first: stores with their users in files have no user resources. */
function secondGeneration(resources: readonly Recorded[]): string[] {
  const names = new Set(
    resources.filter(({ type }) => type === "kubernetes:core/v1:Secret").map(({ inputs }) => nameOf(inputs)),
  );
  const second = [...names].filter((name) => name.endsWith("-2") && names.has(name.replace(/-2$/, "")));
  return second.flatMap((secret) => clients.find((name) => secret.startsWith(`${name}-`)) ?? []);
}
const nameOf = (inputs: Recorded["inputs"]) => (inputs.metadata as { readonly name: string }).name;

/** Services that sign in somewhere only with a setting that no shipped stack has. */
const ELSEWHERE = [
  // Its copies are off: upstream's image cannot write them.
  "opensearch",
];

/** Secrets with credentials of services that are used: a resource other than a Secret or a user names them. */
function used(resources: readonly Recorded[]): string[] {
  const name = new RegExp(
    `"((?:rook-ceph-object-user-[a-z]+-)?(?:${clients.join("|")})(?:-(?:s3|postgres|kafka))?(?:-\\d+)?)"`,
    "g",
  );
  const texts = resources
    .filter(({ type }) => type.startsWith("kubernetes:") && type !== "kubernetes:core/v1:Secret" && !(type in USERS))
    .map(({ inputs }) => JSON.stringify(inputs));
  const found = texts.flatMap((text) => [...text.matchAll(name)].map(([, secret = ""]) => secret));
  return [...new Set(found)].filter((secret) => /-(s3|postgres|kafka)(-\d+)?$|^rook-/.test(secret)).sort();
}

/** Secrets that would exist before their user, so that starting pods would be refused. */
function early(resources: readonly Recorded[]): string[] {
  const own = new RegExp(`^(${clients.join("|")})-(s3|postgres|kafka)(-2)?$`);
  const secrets = resources.filter(({ type, name }) => type === "kubernetes:core/v1:Secret" && own.test(name));
  assert.ok(secrets.length > 3, String(secrets.length));
  return secrets
    .filter(({ request }) => !request.getDependenciesList().some((urn) => AFTER.test(urn)))
    .map(({ name }) => name);
}
const AFTER = /IamUserPolicyAttachment::|postgresql:index\/role:Role::|v1:KafkaUser::/;

const generation = (of: object) => ({
  "lakehouse:credentials": JSON.stringify(Object.fromEntries(CLIENTS.map((name) => [name, of]))),
});

describe("credentials of another generation", () => {
  const rotated = new Set<string>();

  for (const stack of STACKS) {
    it(`${stack}: both are valid, pods switch to the new one, and nothing else changes`, async () => {
      const before = await recorded(stack);
      const { resources, plan } = await judged(stack, generation({ generation: 2, keepPrevious: true }));
      assert.deepEqual(plan.policies.failed, []);
      const urns = new Set(resources.map(({ urn }) => urn));
      assert.deepEqual(
        before.filter(({ urn }) => !urns.has(urn)).map(({ urn }) => urn),
        [],
      );
      for (const [service, alive] of users(resources)) {
        assert.deepEqual([...alive].sort(), [service, `${service}-2`]);
        rotated.add(clientOf(service) ?? "");
      }
      for (const service of secondGeneration(resources)) rotated.add(service);
      assert.deepEqual(early(resources), []);
      const secrets = used(before);
      assert.ok(secrets.length > 4, String(secrets.length));
      assert.deepEqual(used(resources), secrets.map((secret) => `${secret}-2`).sort());
    });

    it(`${stack}: the previous generation ends, and owners of data do not`, async () => {
      const { resources, plan } = await judged(stack, generation({ generation: 2 }));
      assert.deepEqual(plan.policies.failed, []);
      for (const [service, alive] of users(resources)) assert.deepEqual([...alive], [`${service}-2`]);
      const named = resources
        .filter(({ type }) => type.startsWith("kubernetes:"))
        .flatMap(({ inputs }) => [...JSON.stringify(inputs).matchAll(/"username":"([^"]+)"/g)].map(([, user]) => user));
      assert.deepEqual(
        named.filter((user) => clients.includes(String(user))),
        [],
      );
      const databases = (all: readonly Recorded[]) =>
        all
          .filter(({ type }) => type === "postgresql:index/database:Database")
          .map(({ inputs }) => inputs)
          .sort((one, other) => (String(one.name) < String(other.name) ? -1 : 1));
      assert.deepEqual(databases(resources), databases(await recorded(stack)));
      assert.ok(databases(resources).length > 0);
    });
  }

  it("exist for exactly the services of these stacks that sign in somewhere", () => {
    const on = STACKS.flatMap((stack) => systemsOn(stackSettings(shippedConfig(stack))));
    const signing = new Set(on.flatMap(({ clients: all = [] }) => all));
    assert.deepEqual([...rotated, ...ELSEWHERE].sort(), [...signing].sort());
  });
});
