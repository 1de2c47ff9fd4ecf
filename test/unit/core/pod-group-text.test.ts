import assert from "node:assert/strict";

import fc from "fast-check";

import type { PodGroup } from "../../../components/core/pod-group";
import { groupText, parseGroup } from "../../../components/core/pod-group-text";
import { GiB } from "../../../components/core/quantity";

const WORKER: PodGroup = {
  service: "trino",
  role: "worker",
  namespace: "lakehouse-query",
  replicas: 2,
  requests: { cpu: 4, memory: 24 * GiB },
  limits: { cpu: 8, memory: 24 * GiB },
  volumes: [{ name: "data", size: 100 * GiB, storageClass: "local.fast" }],
  pools: ["drivers", "executors"],
  spread: "one-per-node",
  lifetime: "always",
  origin: "deployed",
};

const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/),
  fc.string(),
  fc.constantFrom("true", "[]", "24Gi", "1"),
);
const resources = fc.record(
  { cpu: fc.double({ min: 0.001, max: 64, noNaN: true }), memory: fc.maxSafeNat() },
  { noNullPrototype: true },
);
const registry = fc.constantFrom("docker.io", "registry.k8s.io:443", "*", "a b=c%2e");
const site = fc.record(
  {
    registryMirrors: fc.dictionary(registry, name, { noNullPrototype: true }),
    imagePullSecrets: fc.array(name),
    caBundle: name,
  },
  { noNullPrototype: true, requiredKeys: [] },
);
const group = fc.record(
  {
    site,
    service: name,
    role: name,
    namespace: name,
    replicas: fc.nat(2000),
    requests: resources,
    limits: resources,
    volumes: fc.array(
      fc.record(
        { name, size: fc.maxSafeNat(), storageClass: name },
        { noNullPrototype: true, requiredKeys: ["name", "size"] },
      ),
    ),
    pools: fc.array(name),
    spread: fc.constantFrom("one-per-node", "apart", "any"),
    lifetime: fc.constantFrom("always", "elastic", "job"),
    origin: fc.constantFrom("deployed", "existing"),
    priorityClass: name,
  },
  {
    noNullPrototype: true,
    requiredKeys: [
      "service",
      "requests",
      "limits",
      "volumes",
      "pools",
      "replicas",
      "role",
      "namespace",
      "spread",
      "lifetime",
      "origin",
    ],
  },
) as fc.Arbitrary<PodGroup>;

describe("a group of pods as a text", () => {
  it("is one line with Kubernetes' units", () => {
    assert.equal(
      groupText(WORKER),
      "service=trino role=worker namespace=lakehouse-query replicas=2 requests.cpu=4 requests.memory=24Gi limits.cpu=8 limits.memory=24Gi " +
        "volumes.0.name=data volumes.0.size=100Gi volumes.0.storageClass=local.fast pools.0=drivers pools.1=executors spread=one-per-node lifetime=always origin=deployed",
    );
  });

  it("is read back as it was", () => {
    fc.assert(
      fc.property(group, (one) => {
        assert.deepEqual(parseGroup(groupText(one)), one);
      }),
    );
  });

  it("is refused if it is another text", () => {
    assert.throws(() => parseGroup("replicas=2"), /not a group of pods: replicas=2/);
  });
});
