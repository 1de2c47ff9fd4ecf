import assert from "node:assert/strict";

import type { Recorded } from "../../cli/recorder";
import { type ClientName, CLIENTS } from "../../components/core/login";
import { judged, recorded, STACKS } from "./harness";

/** What a user of some kind of store is, and the name that it signs in by. */
const USERS: Readonly<Record<string, (inputs: Recorded["inputs"]) => unknown>> = {
  "minio:index/iamUser:IamUser": ({ name }) => name,
  "postgresql:index/role:Role": ({ name, login }) => (login === true ? String(name).replaceAll("_", "-") : undefined),
  "kubernetes:kafka.strimzi.io/v1:KafkaUser": named,
  "kubernetes:ceph.rook.io/v1:CephObjectStoreUser": named,
};

function named({ metadata }: Recorded["inputs"]): unknown {
  return (metadata as { name: string }).name;
}

const clients = (CLIENTS as readonly string[]).toSorted((one, other) => other.length - one.length);

/** Users of services, by service: `trino` and `trino-2` are both of `trino`. */
function users(resources: readonly Recorded[]): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const { type, inputs } of resources) {
    const user = USERS[type]?.(inputs);
    const service = clients.find((name) => user === name || String(user).startsWith(`${name}-`));
    if (service !== undefined) all.set(service, (all.get(service) ?? new Set()).add(String(user)));
  }
  return all;
}

/** Secrets that something other than a Secret or a user names, of those that services sign in with. */
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

/** Secrets of users that would be there before their user is: pods that start by them would be refused. */
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
    it(`${stack}: both are alive, pods go over to the new one, and nothing else changes`, async () => {
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
        rotated.add(service);
      }
      assert.deepEqual(early(resources), []);
      const secrets = used(before);
      assert.ok(secrets.length > 4, String(secrets.length));
      assert.deepEqual(used(resources), secrets.map((secret) => `${secret}-2`).sort());
    });

    it(`${stack}: the generation before ends, and owners of data with it do not`, async () => {
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
        all.filter(({ type }) => type === "postgresql:index/database:Database").map(({ inputs }) => inputs);
      assert.deepEqual(databases(resources), databases(await recorded(stack)));
      assert.ok(databases(resources).length > 0);
    });
  }

  it("are for every service that signs in somewhere, and no other", () => {
    assert.deepEqual([...rotated].sort(), [...CLIENTS].sort() satisfies ClientName[]);
  });
});
