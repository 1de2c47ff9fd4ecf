import assert from "node:assert/strict";

import { parse } from "yaml";

import { isLoopback, Unfit, waysIn } from "../../../bootstrap/description";
import { type KindCluster, kindCluster, kindNodes } from "../../../bootstrap/kind";
import { renderCluster } from "../../../bootstrap/render";
import { taintChanges } from "../../../cli/taints";
import { platform } from "../../../components/cluster/platform";
import type { Taint } from "../../../components/core/node";
import { settingsOf } from "./settings";

const node = (name: string, pool: string, more: object = {}) => ({
  ...{ name, pool, cpu: 8, memory: "24Gi", system: { cpu: 1, memory: "2Gi" } },
  ...more,
});
const FROM = ["172.16.0.0/12", "10.244.0.0/32"];
const CONTROL_PLANE = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" };

/** The dev stack on a control plane of its own and workers of two pools. */
const several = (changes: Readonly<Record<string, unknown>> = {}) =>
  settingsOf("dev", {
    "lakehouse:nodes": [
      node("lakehouse-control-plane", "everything", { taints: [CONTROL_PLANE] }),
      node("lakehouse-worker", "everything"),
      node("lakehouse-worker2", "everything"),
      node("lakehouse-worker3", "batch", { taints: [{ key: "gpu", value: "yes", effect: "NoExecute" }] }),
    ],
    "lakehouse:pools": { everything: { default: true }, batch: { taint: "NoSchedule" } },
    "lakehouse:storage/objects/admin/from": FROM,
    "lakehouse:storage/postgres/admin/from": FROM,
    ...changes,
  });

const mistakesOf = (work: () => unknown): string[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof Unfit) return error.mistakes.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
};

/** Taints that kubeadm registers a node with, by its name. */
function taintsIn(cluster: KindCluster, names: readonly string[]): Map<string, readonly Taint[]> {
  return new Map(
    cluster.nodes.map(({ kubeadmConfigPatches = [] }, at) => {
      const taints = kubeadmConfigPatches.map((text) => {
        const { nodeRegistration } = parse(text) as {
          readonly nodeRegistration: { readonly taints: readonly Taint[] };
        };
        return nodeRegistration.taints;
      });
      assert.ok(taints.every((each) => JSON.stringify(each) === JSON.stringify(taints[0])));
      return [names[at] ?? "", taints[0] ?? []];
    }),
  );
}

describe("a cluster of kind", () => {
  it("serves on loopback what Pulumi's providers of the dev stack are configured with", () => {
    const settings = settingsOf("dev");
    const { nodes, networking, name } = kindCluster(settings, "dev");
    const ways = waysIn(settings);
    assert.deepEqual(
      ways.map(({ service }) => service),
      ["minio", "postgres"],
    );
    assert.ok(ways.every(isLoopback));
    assert.deepEqual(
      nodes.flatMap(({ role, extraPortMappings = [] }) => extraPortMappings.map((one) => ({ role, ...one }))),
      ways.map(({ port, nodePort }) => ({
        ...{ role: "worker", containerPort: nodePort, hostPort: port },
        ...{ listenAddress: "127.0.0.1", protocol: "TCP" },
      })),
    );
    assert.equal(networking.disableDefaultCNI, true);
    assert.deepEqual(
      kindNodes(settings, name).flatMap(({ node: of, name: made }) => (of === undefined ? [] : [[of.name, made]])),
      [["lakehouse-worker", "lakehouse-worker"]],
    );
  });

  it("has the nodes of the settings with their labels and taints, so that `lakehouse taints` has nothing to do", () => {
    const settings = several();
    const cluster = kindCluster(settings, "dev");
    const { nodes } = platform(settings);
    const names = kindNodes(settings, cluster.name).map(({ name }) => name);
    assert.deepEqual(
      names,
      nodes.map(({ name }) => name),
    );
    assert.deepEqual(
      cluster.nodes.map(({ role, labels }) => [role, labels]),
      [
        ["control-plane", { "lakehouse.dev/pool": "everything" }],
        ["worker", { "lakehouse.dev/pool": "everything" }],
        ["worker", { "lakehouse.dev/pool": "everything" }],
        ["worker", { "lakehouse.dev/pool": "batch" }],
      ],
    );
    const taints = taintsIn(cluster, names);
    const found = names.map((name) => ({ name, version: "1", taints: taints.get(name) ?? [] }));
    assert.deepEqual(taintChanges(nodes, found), []);
    assert.deepEqual(taints.get("lakehouse-worker3"), [
      { key: "gpu", value: "yes", effect: "NoExecute" },
      { key: "lakehouse.dev/pool", value: "batch", effect: "NoSchedule" },
    ]);
    assert.deepEqual(taints.get("lakehouse-control-plane"), [CONTROL_PLANE]);
  });

  it("opens the ports on the first control plane where the pods may run on several nodes", () => {
    const mapped = kindCluster(several(), "dev").nodes.map(({ extraPortMappings = [] }) => extraPortMappings.length);
    assert.deepEqual(mapped, [2, 0, 0, 0]);
  });

  it("says everything at once that kind cannot do", () => {
    assert.deepEqual(
      mistakesOf(() => kindCluster(settingsOf("homelab"), "homelab")),
      [
        ...["", "2", "3"].map(
          (number, at) =>
            `lakehouse:nodes[${String(at)}].name: given "k8s-${String(at + 1)}", but kind calls this node "lakehouse-homelab-worker${number}"; allowed: that name, or lakehouse:cluster.labelNodes: false, as kind sets the labels too`,
        ),
        "lakehouse:storage.postgres.admin.nodePort: given none, so that kind has no port to open on this machine; allowed: a free port from 30000 to 32767",
      ],
    );
    const narrow = {
      "lakehouse:storage/postgres/admin/from": ["172.16.0.0/12"],
      "lakehouse:storage/objects/admin/from": [],
    };
    assert.deepEqual(
      mistakesOf(() => kindCluster(several(narrow), "dev")),
      [
        "lakehouse:storage.objects.admin.from: given none, so that the network policy lets nobody in; allowed: the network of the container engine, such as 172.16.0.0/12",
        "lakehouse:storage.postgres.admin.from: given 172.16.0.0/12; the pods may run on several nodes, so what comes in by the first control plane reaches them from 10.244.0.0/32; allowed: that range too",
      ],
    );
  });

  it("pulls the nodes' images, and what they run, through the mirrors of the settings", () => {
    const mirrors = { "docker.io": "mirror.example.org:5000/hub", "*": "mirror.example.org:5000" };
    const settings = settingsOf("dev", { "lakehouse:cluster/registryMirrors": mirrors });
    const files = renderCluster(settings, { stack: "dev", provider: "kind" });
    const { nodes } = parse(files.get("kind.yaml") ?? "") as KindCluster;
    for (const { image, extraMounts } of nodes) {
      assert.match(image, /^mirror\.example\.org:5000\/hub\/kindest\/node:v1\.36\.1@sha256:/);
      assert.deepEqual(extraMounts, [
        { hostPath: "certs.d", containerPath: "/etc/containerd/certs.d", readOnly: true },
      ]);
    }
    assert.equal(
      files.get("certs.d/docker.io/hosts.toml"),
      '[host."https://mirror.example.org:5000/v2/hub"]\n  capabilities = ["pull", "resolve"]\n  override_path = true\n',
    );
    assert.match(files.get("certs.d/quay.io/hosts.toml") ?? "", /\/v2\/quay\.io"\]/);
    assert.match(files.get("certs.d/registry.k8s.io/hosts.toml") ?? "", /\/v2\/registry\.k8s\.io"\]/);
    const without = renderCluster(settingsOf("dev"), { stack: "dev", provider: "kind" });
    assert.deepEqual(
      [...without.keys()].filter((path) => path.startsWith("certs.d")),
      [],
    );
  });
});
