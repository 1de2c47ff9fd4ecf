import assert from "node:assert/strict";

import type { Recorded } from "../../cli/recorder";
import { having, judged, STACKS } from "./harness";

interface Policy {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly egress?: readonly {
      readonly to: readonly { readonly ipBlock?: { readonly cidr: string }; readonly namespaceSelector?: object }[];
      readonly ports: readonly { readonly port: number }[];
    }[];
  };
}

/** Where policies let pods out to anybody: the policy's name, ranges, ports. */
const wide = (resources: readonly Recorded[]) =>
  resources
    .filter(({ type }) => type.endsWith(":NetworkPolicy"))
    .flatMap(({ inputs }) => {
      const { metadata, spec } = inputs as unknown as Policy;
      return (spec.egress ?? [])
        .filter(({ to }) => to.some(({ ipBlock }) => ipBlock?.cidr === "0.0.0.0/0"))
        .map(({ ports }) => `${metadata.name}: ${ports.map(({ port }) => port).join(", ")}`);
    });

describe("the world outside", () => {
  for (const stack of STACKS) {
    it(`is open to the pods that obtain libraries, and to no other of ${stack}`, async () => {
      const { resources } = await judged(stack);
      assert.deepEqual(wide(resources), ["libraries-server-to-library-source: 443"]);
    });
  }

  it("is open on the port of a mirror's URL", async () => {
    const { resources, plan } = await judged(
      "homelab",
      having("homelab", "cluster", { mavenMirror: "http://repo.lan:8081/maven" }),
    );
    assert.deepEqual(wide(resources), ["libraries-server-to-library-source: 8081"]);
    assert.deepEqual(plan.policies.failed, []);
  });

  it("is not open at all where a mirror is in the cluster", async () => {
    const mirror = { mavenMirror: "http://nexus.tools.svc:8081/repository/maven" };
    const { resources, plan } = await judged("homelab", having("homelab", "cluster", mirror));
    assert.deepEqual(wide(resources), []);
    assert.deepEqual(plan.policies.failed, []);
    const policy = resources.find(({ name }) => name === "libraries-server-to-library-source-egress");
    assert.deepEqual((policy?.inputs as unknown as Policy).spec.egress?.[0], {
      to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "tools" } }, podSelector: {} }],
      ports: [{ port: 8081, protocol: "TCP" }],
    });
  });

  it("is not needed where images have their libraries: nothing serves them then", async () => {
    const { resources, plan } = await judged("homelab", {
      ...having("homelab", "catalog", { hiveMetastore: { jars: "image", image: "registry.example.org/hive:4.2.1" } }),
      ...having("homelab", "compute", { spark: { jars: "image", image: "registry.example.org/spark:4.0.5" } }),
    });
    assert.deepEqual(wide(resources), []);
    assert.ok(resources.every(({ name }) => !name.includes("libraries")));
    assert.deepEqual(
      plan.policies.failed.filter(({ policy }) => policy !== "image-require-allowed-registry"),
      [],
    );
  });
});
