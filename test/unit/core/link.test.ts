import assert from "node:assert/strict";

import { type Endpoint, type PodPeer, type RangePeer, serviceEndpoint, url } from "../../../components/core/endpoint";
import { linkPolicies } from "../../../components/core/link";

const trino: PodPeer = { kind: "pods", name: "trino", namespace: "query", labels: { app: "trino" }, managed: true };
const metastore: PodPeer = {
  kind: "pods",
  name: "hive-metastore",
  namespace: "catalog",
  labels: { app: "hms" },
  managed: true,
};
const rest: Endpoint = serviceEndpoint({
  name: "hive-metastore-rest",
  peer: metastore,
  service: "hive-metastore",
  port: 80,
  targetPort: 9001,
});
const outside: RangePeer = { kind: "range", name: "maven", cidrs: ["0.0.0.0/0"], reason: "libraries" };

describe("a link", () => {
  it("opens both sides, on the container's port, for these peers only", () => {
    assert.deepEqual(linkPolicies(trino, rest), [
      {
        side: "egress",
        name: "trino-to-hive-metastore-rest",
        namespace: "query",
        annotations: {},
        spec: {
          podSelector: { matchLabels: { app: "trino" } },
          policyTypes: ["Egress"],
          egress: [
            {
              to: [
                {
                  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "catalog" } },
                  podSelector: { matchLabels: { app: "hms" } },
                },
              ],
              ports: [{ port: 9001, protocol: "TCP" }],
            },
          ],
        },
      },
      {
        side: "ingress",
        name: "hive-metastore-rest-from-trino",
        namespace: "catalog",
        annotations: {},
        spec: {
          podSelector: { matchLabels: { app: "hms" } },
          policyTypes: ["Ingress"],
          ingress: [
            {
              from: [
                {
                  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "query" } },
                  podSelector: { matchLabels: { app: "trino" } },
                },
              ],
              ports: [{ port: 9001, protocol: "TCP" }],
            },
          ],
        },
      },
    ]);
  });

  it("gives the client the Service's address, not the container's port", () => {
    assert.equal(url(rest), "http://hive-metastore.catalog.svc:80");
  });

  it("makes no policy in an unmanaged namespace without default deny", () => {
    const sides = (from: PodPeer, to: Endpoint) =>
      linkPolicies(from, to).map(({ side, namespace }) => `${side} ${namespace}`);
    assert.deepEqual(sides({ ...trino, managed: false }, rest), ["ingress catalog"]);
    assert.deepEqual(sides(trino, { ...rest, peer: { ...metastore, managed: false } }), ["egress query"]);
  });

  it("names the reason of a wide range on the policy", () => {
    const [policy, ...others] = linkPolicies(trino, { ...rest, name: "maven", peer: outside, targetPorts: [443] });
    assert.deepEqual(others, []);
    assert.deepEqual(policy?.annotations, { "lakehouse.dev/egress-reason": "libraries" });
    assert.deepEqual(policy.spec.egress, [
      { to: [{ ipBlock: { cidr: "0.0.0.0/0" } }], ports: [{ port: 443, protocol: "TCP" }] },
    ]);
  });
});
