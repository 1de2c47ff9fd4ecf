import assert from "node:assert/strict";

import { problems } from "../support/crd";
import { customResourceValidators } from "../support/upstream";
import type { Recorded } from "../../preview/recorder";
import { judged } from "./harness";

const named = (resources: readonly Recorded[], kind: string) =>
  resources.filter(({ type }) => type.startsWith("kubernetes:") && type.endsWith(`:${kind}`));

interface Store {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly gateway: {
      readonly instances: number;
      readonly resources: { readonly limits: { readonly memory: string } };
    };
    readonly allowUsersInNamespaces: readonly string[];
    readonly dataPool: object;
  };
}

/** Homelab whose object store is the stack's own, in the Rook cluster that is there. */
const homelab = (objects: object) =>
  judged("homelab", {
    "lakehouse:storage": JSON.stringify({
      objects: { kind: "ceph", ...objects },
      bucketPrefix: "lakehouse-",
      postgres: { operator: "existing", operatorNamespace: "cnpg-system", backup: { plugin: "existing" } },
    }),
  });

describe("a store of Rook that the stack makes", () => {
  it("is planned with its gateways, keeps every mandatory policy, and fits upstream's CRD", async function () {
    const validators = customResourceValidators();
    if (validators === undefined) this.skip();
    const { resources, plan } = await homelab({ gateway: "deployed" });
    assert.deepEqual([plan.verdict, plan.policies.failed], ["ok", []]);
    const [made] = named(resources, "CephObjectStore");
    assert.ok(made, "no CephObjectStore");
    const store = made.inputs as unknown as Store;
    assert.deepEqual([store.metadata.name, store.metadata.namespace], ["lakehouse", "rook-ceph"]);
    assert.deepEqual(problems(validators(store.apiVersion, store.kind), store), []);
    assert.deepEqual([store.spec.gateway.instances, store.spec.gateway.resources.limits.memory], [2, "2Gi"]);
    const placed = plan.nodes.flatMap(({ pods }) => pods).filter(({ service }) => service === "ceph-gateway");
    assert.equal(placed.length, 2, "each on a node of its own");
    const users = named(resources, "CephObjectStoreUser").map(
      ({ inputs }) => (inputs as unknown as Store).metadata.namespace,
    );
    assert.ok(users.length > 3);
    for (const namespace of users) assert.ok(store.spec.allowUsersInNamespaces.includes(namespace), namespace);
  });

  it("has claims and users made after it", async () => {
    const { resources } = await homelab({ gateway: "deployed" });
    const [store] = named(resources, "CephObjectStore");
    const after = [...named(resources, "ObjectBucketClaim"), ...named(resources, "CephObjectStoreUser")];
    assert.ok(after.length > 6);
    for (const { name, request } of after) assert.ok(request.getDependenciesList().includes(store?.urn ?? ""), name);
  });

  for (const [key, value] of [
    ["tls", true],
    ["hostCidrs", ["10.0.0.0/24"]],
    ["buckets", "existing"],
  ] as const)
    it(`is refused with ${key}`, async () => {
      await assert.rejects(
        () => homelab({ gateway: "deployed", [key]: value }),
        new RegExp(`lakehouse:storage\\.objects\\.${key}: given .* with gateway deployed; allowed: `),
      );
    });

  it("is none where the store is there", async () => {
    const { resources } = await homelab({});
    assert.deepEqual(named(resources, "CephObjectStore"), []);
  });
});
