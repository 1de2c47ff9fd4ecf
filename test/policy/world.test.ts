import assert from "node:assert/strict";

import type { Recorded } from "../../preview/recorder";
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

/** Egress to arbitrary addresses: the policy's name, ranges, ports. */
const wide = (resources: readonly Recorded[]) =>
  resources
    .filter(({ type }) => type.endsWith(":NetworkPolicy"))
    .flatMap(({ inputs }) => {
      const { metadata, spec } = inputs as unknown as Policy;
      return (spec.egress ?? [])
        .filter(({ to }) => to.some(({ ipBlock }) => ipBlock?.cidr === "0.0.0.0/0"))
        .map(({ ports }) => `${metadata.name}: ${ports.map(({ port }) => port).join(", ")}`);
    });

describe("egress to the internet", () => {
  for (const stack of STACKS) {
    it(`is open only for the pods of ${stack} that download libraries`, async () => {
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

  it("is closed if the mirror is in the cluster", async () => {
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

  it("is closed if images contain their libraries, and no pod serves them", async () => {
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
