import assert from "node:assert/strict";

import type { Recorded } from "../../preview/recorder";
import { judged } from "./harness";

interface Policy {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly podSelector: { readonly matchLabels?: object };
    readonly egress?: readonly {
      readonly to: readonly { readonly ipBlock?: { readonly cidr: string } }[];
      readonly ports: readonly { readonly port: number; readonly protocol: string }[];
    }[];
  };
}

const named = (resources: readonly Recorded[], kind: string) =>
  resources.filter(({ type }) => type.endsWith(`:${kind}`));
const policies = (resources: readonly Recorded[]) =>
  named(resources, "NetworkPolicy").map(({ inputs }) => inputs as unknown as Policy);

/** Egress of policies as `192.168.1.0/28 80/TCP`. */
const opened = ({ spec }: Policy) =>
  (spec.egress ?? []).flatMap(({ to, ports }) =>
    to.flatMap(({ ipBlock }) =>
      ipBlock === undefined ? [] : ports.map(({ port, protocol }) => `${ipBlock.cidr} ${String(port)}/${protocol}`),
    ),
  );

/** Homelab with the settings of a different cluster. */
const homelab = (cluster: object, objects: object = { kind: "ceph" }) =>
  judged("homelab", {
    "lakehouse:cluster": JSON.stringify({ kubernetes: "1.36", storageClass: "ceph-block", ...cluster }),
    "lakehouse:storage": JSON.stringify({
      objects,
      bucketPrefix: "lakehouse-",
      postgres: { operator: "existing", operatorNamespace: "cnpg-system", backup: { plugin: "existing" } },
    }),
  });

describe("homelab on another cluster", () => {
  it("has nodes and a storage class with dots in their names", async () => {
    const nodes = ["k8s-1.lab.local", "k8s-2.lab.local", "k8s-3.lab.local"];
    const pools = ["control", "drivers", "executors"];
    const { resources, plan } = await judged("homelab", {
      "lakehouse:cluster": JSON.stringify({ storageClass: "lvm.local.csi" }),
      "lakehouse:nodes": JSON.stringify(nodes.map((name, at) => ({ name, pool: pools[at], cpu: 16, memory: "96Gi" }))),
    });
    assert.deepEqual([plan.verdict, plan.policies.failed], ["ok", []]);
    assert.deepEqual(
      named(resources, "NodePatch").map(({ inputs }) => (inputs as { metadata: { name: string } }).metadata.name),
      nodes,
    );
  });

  it("allows NodeLocal DNSCache over UDP and TCP in every namespace", async () => {
    const { resources, plan } = await homelab({ dns: { cidrs: ["169.254.25.10/32"] } });
    assert.deepEqual([plan.verdict, plan.policies.failed], ["ok", []]);
    const all = policies(resources).filter(({ spec }) => Object.keys(spec.podSelector).length === 0);
    for (const { name } of named(resources, "Namespace")) {
      const there = all.filter(({ metadata }) => metadata.namespace === name);
      assert.deepEqual(there.flatMap(opened).sort(), ["169.254.25.10/32 53/TCP", "169.254.25.10/32 53/UDP"], name);
    }
  });

  it("allows a DNS in another namespace and on another port", async () => {
    const dns = {
      namespace: "openshift-dns",
      labels: { "dns.operator.openshift.io/daemonset-dns": "default" },
      ports: [5353],
    };
    const { resources, plan } = await homelab({ dns });
    assert.deepEqual([plan.verdict, plan.policies.failed], ["ok", []]);
    const text = JSON.stringify(policies(resources).filter(({ metadata }) => metadata.name.startsWith("all-to-dns-")));
    assert.match(text, /"kubernetes.io\/metadata.name":"openshift-dns"/);
    assert.ok(!text.includes("kube-system") && !text.includes('"port":53,'), text);
  });

  it("reaches a gateway with TLS on the host network of IPv6 nodes", async () => {
    const { resources, plan } = await homelab({}, { kind: "ceph", tls: true, hostCidrs: ["2001:db8::/64"] });
    assert.deepEqual([plan.verdict, plan.policies.failed], ["ok", []]);
    const toGateway = policies(resources).filter(({ metadata }) => metadata.name.endsWith("-to-ceph-rgw"));
    assert.ok(toGateway.length > 3);
    for (const policy of toGateway) assert.deepEqual(opened(policy), ["2001:db8::/64 443/TCP"], policy.metadata.name);
    assert.ok(!JSON.stringify(resources.map(({ inputs }) => inputs)).includes("http://rook-ceph-rgw"));
  });

  it("reaches an object store by its address, on its port", async () => {
    const store = { kind: "s3", endpoint: "http://192.168.1.10:9000", cidrs: ["192.168.1.10/32"] };
    const { resources, plan } = await homelab({}, store);
    assert.deepEqual([plan.verdict, plan.policies.failed], ["ok", []]);
    const toStore = policies(resources).filter(({ metadata }) => metadata.name.endsWith("-to-s3"));
    assert.ok(toStore.length > 3);
    for (const policy of toStore) assert.deepEqual(opened(policy), ["192.168.1.10/32 9000/TCP"], policy.metadata.name);
  });

  it("says in the plan that the API server's addresses are a guess, and what sets taints", async () => {
    const guess = /^lakehouse:cluster\.apiServer\.cidrs is a guess/;
    const [first, second] = (await homelab({})).plan.notes ?? [];
    assert.match(first ?? "", guess);
    assert.match(second ?? "", /`lakehouse taints -s homelab --apply`/);
    const { plan } = await homelab({ apiServer: { cidrs: ["10.0.0.1/32"] }, labelNodes: false });
    assert.deepEqual(
      plan.notes?.filter((note) => !note.includes("lakehouse:cluster.tls is false")),
      [],
    );
  });

  it("leaves the nodes' taints alone", async () => {
    const { resources } = await homelab({});
    const patches = named(resources, "NodePatch");
    assert.equal(patches.length, 3);
    for (const { name, inputs } of patches) assert.ok(!("spec" in inputs), name);
  });
});
