import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

import { parseAllDocuments } from "yaml";

import { isLoopback, waysIn } from "../../bootstrap/description";
import { kindName, kindNodes } from "../../bootstrap/kind";
import { filesOf } from "../../bootstrap/manifests";
import { GATEWAY_API, NODE_RELEASES } from "../../bootstrap/pins";
import { CLUSTER_FILE, KIND_FILE, renderCluster } from "../../bootstrap/render";
import { writeFiles } from "../../bootstrap/write";
import { registration } from "../../components/cluster/registration";
import { sha256 } from "../../components/core/chart-mirror";
import { type Taint, taintText } from "../../components/core/node";
import type { Settings } from "../../components/settings";
import type { KubernetesObject } from "../../sandbox/control-plane/api";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { definitions, establish, moduleFolder } from "../../sandbox/control-plane/crds";
import { obtain } from "../../sandbox/control-plane/obtain";
import { temporary } from "../support/temporary";
import { settingsOf } from "../unit/bootstrap/settings";
import { started } from "./stacks";

const run = promisify(execFile);

/** What kubeadm is told of a node. */
interface KubeadmConfig {
  readonly kind: string;
  readonly nodeRegistration: {
    readonly kubeletExtraArgs: readonly { readonly name: string; readonly value: string }[];
    readonly taints?: readonly Taint[];
  };
}

const textOf = (labels: Readonly<Record<string, string>>) =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
const sorted = (taints: readonly Taint[] = []) => taints.map(taintText).sort();

/** The dev stack with a tainted pool on a second node, and mirrors. */
const several = (): Settings =>
  settingsOf("dev", {
    "lakehouse:nodes": ["", "2"].map((number) => ({
      ...{ name: `lakehouse-worker${number}`, pool: number === "" ? "everything" : "batch", cpu: 8, memory: "24Gi" },
      ...{ system: { cpu: 1, memory: "2Gi" } },
    })),
    "lakehouse:pools": { everything: { default: true }, batch: { taint: "NoSchedule" } },
    "lakehouse:cluster/registryMirrors": { "docker.io": "mirror.example.org/hub" },
  });

describe("kind itself", () => {
  it("takes the rendered file, and asks a container engine for the nodes, ports, mirrors, labels and taints of the settings", async () => {
    const settings = several();
    const [folder, state, bin] = [temporary("kind"), temporary("kind-state"), temporary("kind-bin")];
    writeFiles(folder, renderCluster(settings, { stack: "dev", provider: "kind" }));
    symlinkSync(join(__dirname, "standin", "docker.sh"), join(bin, "docker"));
    const { version } = NODE_RELEASES[settings.cluster.kubernetes];
    const env = { PATH: [bin, "/usr/bin", "/bin"].join(delimiter), STATE: state, VERSION: version, HOME: folder };
    const args = ["create", "cluster", `--config=${KIND_FILE}`, "--wait=0s"];
    // It goes as far as kubeadm, which is not there.
    await assert.rejects(run(await obtain("kind"), args, { cwd: folder, env }), /no Kubernetes starts here/);
    const nodes = kindNodes(settings, kindName(settings, "dev"));
    assert.deepEqual(
      readdirSync(state)
        .filter((name) => name.startsWith("run-"))
        .sort(),
      nodes.map(({ name }) => `run-${name}`).sort(),
    );
    const published: string[] = [];
    for (const { name, node } of nodes) {
      const asked = readFileSync(join(state, `run-${name}`), "utf8").split("\n");
      assert.ok(asked.includes(`--volume=${join(folder, "certs.d")}:/etc/containerd/certs.d:ro`), asked.join(" "));
      assert.ok(asked.some((arg) => arg.startsWith("mirror.example.org/hub/kindest/node:")));
      published.push(...asked.filter((arg) => /^--publish=.*:3\d{4}\//.test(arg)));
      if (node === undefined) continue;
      const { labels, taints } = registration(node);
      const told = parseAllDocuments(readFileSync(join(state, `kubeadm-${name}`), "utf8"))
        .map((document) => document.toJS() as KubeadmConfig)
        .filter(({ kind }) => /^(Init|Join)Configuration$/.test(kind));
      assert.equal(told.length, 2);
      for (const { nodeRegistration } of told) {
        const { value } =
          nodeRegistration.kubeletExtraArgs.find((one) => one.name === "node-labels") ?? assert.fail(name);
        assert.equal(value, textOf(labels));
        assert.deepEqual(sorted(nodeRegistration.taints), sorted(taints));
      }
    }
    assert.deepEqual(
      published.sort(),
      waysIn(settings)
        .filter(isLoopback)
        .map(({ port, nodePort }) => `--publish=127.0.0.1:${String(port)}:${String(nodePort)}/TCP`)
        .sort(),
    );
  });
});

describe("what upstream publishes", () => {
  it("is what the pins of Gateway API say: the same files are in its Go module, whose sum is pinned", async () => {
    const folder = await moduleFolder("definitions", "sigs.k8s.io/gateway-api");
    assert.ok(folder.endsWith(`@${GATEWAY_API.tag}`));
    const files = filesOf(GATEWAY_API);
    for (const [path, sum] of Object.entries(GATEWAY_API.files))
      assert.equal(sha256(readFileSync(join(folder, path))), sum, path);
    const published = readdirSync(join(folder, "config", "crd", "standard")).filter((name) =>
      name.startsWith("gateway"),
    );
    assert.equal(files.length, published.length);
  });
});

/** CRDs of Cluster API, kubeadm's parts and the provider of containers, in the archives of their Go modules. */
async function clusterApiDefinitions() {
  const [core, test] = await Promise.all(
    ["sigs.k8s.io/cluster-api", "sigs.k8s.io/cluster-api/test"].map((module) => moduleFolder("cluster-api", module)),
  );
  const folders = [
    ...["core", "bootstrap/kubeadm", "controlplane/kubeadm"].map((part) => join(core ?? "", part)),
    join(test ?? "", "infrastructure", "docker"),
  ];
  return folders.flatMap((folder) => definitions(join(folder, "config", "crd", "bases")));
}

const objectsOf = (settings: Settings): KubernetesObject[] =>
  parseAllDocuments(renderCluster(settings, { stack: "prod", provider: "capi" }).get(CLUSTER_FILE) ?? "")
    .map((document) => document.toJS() as KubernetesObject)
    .map((object) => ({ ...object, metadata: { ...object.metadata, namespace: "default" } }));

describe("Cluster API", () => {
  let plane: ControlPlane;
  before(async function () {
    plane = await started(this, { alone: true });
    await establish(plane.api, await clusterApiDefinitions());
  });
  after(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  it("has every field of the rendered objects, in versions that are not deprecated", async () => {
    const objects = objectsOf(settingsOf("prod"));
    for (const object of objects) {
      const made = await plane.api.apply(object, "lakehouse", { dryRun: true });
      assert.equal(made.metadata.name, object.metadata.name);
      const [group = "", version] = object.apiVersion.split("/");
      const plural = (await plane.api.resources(object.apiVersion)).find(({ kind }) => kind === object.kind)?.plural;
      const crd = await plane.api.get({
        ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
        metadata: { name: `${plural ?? ""}.${group}` },
      });
      const { versions } = crd?.spec as { versions: { name: string; deprecated?: boolean }[] };
      assert.equal(versions.find(({ name }) => name === version)?.deprecated ?? false, false, object.kind);
    }
    const [first = assert.fail()] = objects;
    await assert.rejects(
      plane.api.apply({ ...first, spec: { nonsense: 1 } }, "lakehouse", { dryRun: true }),
      /nonsense/,
    );
  });
});
