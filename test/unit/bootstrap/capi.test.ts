import assert from "node:assert/strict";

import { parseAllDocuments } from "yaml";

import { capiObjects } from "../../../bootstrap/capi";
import { Unfit } from "../../../bootstrap/description";
import { docker, ownInfrastructure, type Template } from "../../../bootstrap/infrastructure";
import { renderCluster } from "../../../bootstrap/render";
import { platform } from "../../../components/cluster/platform";
import { registration } from "../../../components/cluster/registration";
import { POOL_LABEL } from "../../../components/core/labels";
import { taintText } from "../../../components/core/node";
import { settingsOf } from "./settings";

interface Deployment {
  readonly class: string;
  readonly name: string;
  readonly replicas: number;
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly variables?: { readonly overrides: readonly { readonly name: string; readonly value: unknown }[] };
}

const objectsIn = (text: string) => parseAllDocuments(text).map((document) => document.toJS() as Template);
const one = (objects: readonly Template[], kind: string) =>
  objects.find((each) => each.kind === kind) ?? assert.fail(kind);
const deployments = (objects: readonly Template[]): readonly Deployment[] =>
  (one(objects, "Cluster").spec as { topology: { workers: { machineDeployments: Deployment[] } } }).topology.workers
    .machineDeployments;

const METAL = `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: Metal3ClusterTemplate
metadata: { name: metal }
spec: { template: { spec: { controlPlaneEndpoint: { host: 10.0.0.10, port: 6443 } } } }
${["control-plane", "worker", "storage"]
  .map(
    (name) => `---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: Metal3MachineTemplate
metadata: { name: ${name} }
spec: { template: { spec: { image: { url: "http://10.0.0.5/${name}.qcow2" } } } }
`,
  )
  .join("")}`;

describe("a cluster of Cluster API", () => {
  it("has a machine deployment for each entry of the nodes, with the labels and taints that the platform derives", () => {
    const settings = settingsOf("prod");
    const objects = capiObjects(settings, "prod", {
      infrastructure: docker("node", []),
      controlPlanes: 1,
      mirrors: new Map(),
    });
    const { nodes } = platform(settings);
    const made = deployments(objects);
    assert.equal(
      made.reduce((sum, { replicas }) => sum + replicas, 0),
      nodes.length,
    );
    for (const { name, replicas, metadata, variables } of made) {
      const members = nodes.filter((node) => node.name.startsWith(`${name}-`));
      assert.equal(replicas, members.length);
      for (const member of members) {
        const { labels, taints } = registration(member);
        assert.deepEqual(metadata.labels, { ...labels });
        const text = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
        assert.deepEqual(variables?.overrides, [
          { name: "nodeLabels", value: text.join(",") },
          { name: "nodeTaints", value: taints },
        ]);
      }
    }
    assert.ok(made.some(({ variables }) => (variables?.overrides[1]?.value as unknown[]).length > 0));
  });

  it("names templates by their content, and every reference is one of them", () => {
    const settings = settingsOf("prod");
    const of = (image: string) =>
      capiObjects(settings, "prod", { infrastructure: docker(image, []), controlPlanes: 1, mirrors: new Map() });
    const names = (objects: readonly Template[]) => objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    const objects = of("one");
    const refs = [...JSON.stringify(one(objects, "ClusterClass")).matchAll(/"kind":"(\w+)","name":"([^"]+)"/g)];
    assert.equal(refs.length, 5);
    for (const [, kind = "", name = ""] of refs)
      assert.ok(names(objects).includes(`${kind}/${name}`), `${kind}/${name}`);
    const machines = (all: readonly Template[]) => names(all).filter((name) => name.startsWith("DevMachineTemplate/"));
    assert.equal(
      machines(objects).some((name) => machines(of("two")).includes(name)),
      false,
    );
    assert.deepEqual(names(of("one")), names(objects));
  });

  it("takes the templates of another provider, and a pool's own machines where it has them", () => {
    const infrastructure = ownInfrastructure(METAL, "metal.yaml");
    const files = renderCluster(settingsOf("prod"), { stack: "prod", provider: "capi", infrastructure });
    const objects = objectsIn(files.get("cluster.yaml") ?? "");
    assert.ok(!files.has("management.yaml"));
    assert.deepEqual(
      deployments(objects).map((each) => [each.name, each.class]),
      [
        ["system", "worker"],
        ["storage", "storage"],
        ["query", "worker"],
        ["engines", "worker"],
        ["spark", "worker"],
        ["streaming", "worker"],
      ],
    );
    const { topology } = one(objects, "Cluster").spec as { topology: { controlPlane: { replicas: number } } };
    assert.equal(topology.controlPlane.replicas, 3);
    assert.equal(objects.filter(({ kind }) => kind === "Metal3MachineTemplate").length, 3);
    assert.ok(!JSON.stringify(objects).includes("eviction-hard"));
    // LVM on machines, a folder in containers.
    assert.match(files.get("storage-classes.yaml") ?? "", /provisioner: local\.csi\.openebs\.io/);
    // Pools of prod are tainted, and have volumes.
    const { "lvm-localpv": lvm } = objectsIn(files.get("openebs.values.yaml") ?? "")[0]!;
    assert.deepEqual(lvm, { lvmNode: { tolerations: [{ operator: "Exists" }] } });
  });

  it("leaves labels and taints to the stack where another bootstrap than kubeadm's is brought", () => {
    const talos = `${METAL}---
apiVersion: controlplane.cluster.x-k8s.io/v1alpha3
kind: TalosControlPlaneTemplate
metadata: { name: talos }
---
apiVersion: bootstrap.cluster.x-k8s.io/v1alpha3
kind: TalosConfigTemplate
metadata: { name: talos }
`;
    const infrastructure = ownInfrastructure(talos, "talos.yaml");
    const objects = capiObjects(settingsOf("prod"), "prod", { infrastructure, controlPlanes: 3, mirrors: new Map() });
    assert.ok(!JSON.stringify(objects).includes("Kubeadm"));
    assert.ok(
      deployments(objects).every(
        ({ variables, metadata }) => variables === undefined && metadata.labels[POOL_LABEL] !== undefined,
      ),
    );
  });

  it("makes a listed control plane one of the cluster", () => {
    const taint = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" } as const;
    const nodes = [
      { name: "plane", count: 3, pool: "system", cpu: 4, memory: "32Gi", taints: [taint] },
      ...settingsOf("prod").nodes.map(({ name, count, pool, cpu }) => ({ name, count, pool, cpu, memory: "192Gi" })),
    ];
    const settings = settingsOf("prod", { "lakehouse:nodes": nodes });
    const objects = capiObjects(settings, "prod", {
      infrastructure: docker("node", []),
      controlPlanes: 1,
      mirrors: new Map(),
    });
    assert.ok(!deployments(objects).some(({ name }) => name === "plane"));
    const { topology } = one(objects, "Cluster").spec as { topology: { controlPlane: { replicas: number } } };
    assert.equal(topology.controlPlane.replicas, 3);
    const plane = JSON.stringify(one(objects, "KubeadmControlPlaneTemplate"));
    assert.match(plane, /"node-labels","value":"lakehouse\.dev\/pool=system"/);
    assert.ok(plane.includes(`"taints":[${JSON.stringify(taint)}]`), taintText(taint));
  });

  it("refuses what it cannot do, and files that are no templates", () => {
    assert.throws(
      () => renderCluster(settingsOf("homelab"), { stack: "homelab", provider: "capi" }),
      (error) =>
        error instanceof Unfit && error.message.startsWith("lakehouse:cluster.labelNodes: given true, but Cluster API"),
    );
    const lines = (text: string) => {
      try {
        ownInfrastructure(text, "m.yaml");
      } catch (error) {
        return (error as Error).message.split("\n");
      }
      return [];
    };
    assert.deepEqual(lines(METAL.replace("name: worker", "name: workers")), [
      'm.yaml: no *MachineTemplate "worker"; allowed: one for the control plane and one for workers',
    ]);
    assert.deepEqual(lines("a: 1\n"), [
      "m.yaml: document 1 has no apiVersion, kind or metadata.name; allowed: objects of Kubernetes",
    ]);
    assert.match(lines("a: [")[0] ?? "", /^m\.yaml: not YAML: /);
    assert.equal(lines("").length, 3);
  });
});
