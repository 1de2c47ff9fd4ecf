import assert from "node:assert/strict";

import { linkPolicies } from "../../../../components/core/link";
import { url } from "../../../../components/core/endpoint";
import { settingsFrom } from "../../../../components/settings";
import { gateway } from "../../../../components/storage/ceph/ceph";

const CLIENT = {
  kind: "pods",
  name: "trino",
  namespace: "lakehouse-query",
  labels: { app: "trino" },
  managed: true,
} as const;

function endpoint(over: object) {
  const { storage } = settingsFrom({
    cluster: { certManager: true },
    nodes: [{ name: "one", pool: "all", cpu: 8, memory: "64Gi" }],
    pools: { all: { default: true } },
    storage: { objects: { kind: "ceph", ...over } },
  });
  assert.ok(storage.objects.kind === "ceph");
  return gateway(storage.objects);
}

/** Address of clients, and the egress of one client's policy. */
function seen(over: object): readonly unknown[] {
  const to = endpoint(over);
  const rule = linkPolicies(CLIENT, to).find(({ side }) => side === "egress")?.spec.egress;
  const [{ to: peers, ports }] = rule as unknown as [
    { to: readonly { ipBlock?: unknown }[]; ports: readonly { port: number }[] },
  ];
  return [url(to), ports.map(({ port }) => port), peers.flatMap(({ ipBlock }) => ipBlock ?? [])];
}

const HOST = "rook-ceph-rgw-lakehouse.rook-ceph.svc";

describe("Ceph's gateway", () => {
  it("is behind a Service on port 80, and listens on 8080", () => {
    assert.deepEqual(seen({}), [`http://${HOST}:80`, [8080], []]);
  });

  it("with TLS is on port 443 of the Service and of its pods", () => {
    assert.deepEqual(seen({ tls: true }), [`https://${HOST}:443`, [443], []]);
    assert.deepEqual(seen({ tls: true, port: 8443 }), [`https://${HOST}:8443`, [8443], []]);
  });

  it("on the host network is at the addresses of its nodes, on the Service's port", () => {
    const range = [{ cidr: "192.168.1.0/28" }];
    const over = { hostCidrs: ["192.168.1.0/28"] };
    assert.deepEqual(seen(over), [`http://${HOST}:80`, [80], range]);
    assert.deepEqual(seen({ ...over, tls: true }), [`https://${HOST}:443`, [443], range]);
    assert.deepEqual(seen({ ...over, port: 8000, targetPort: 7480 }), [`http://${HOST}:8000`, [7480], range]);
  });
});
