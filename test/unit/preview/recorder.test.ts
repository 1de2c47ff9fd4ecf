import assert from "node:assert/strict";

import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { manifests, toYaml } from "../../../preview/manifests";
import { COMPUTED, HIDDEN, record, visible } from "../../../preview/recorder";

const run = (program: () => unknown, config: Readonly<Record<string, string>> = {}) =>
  record(program, { values: config, secretKeys: [] }, { project: "lakehouse", stack: "test", generated: "canary" });

describe("the recorder", () => {
  it("hides generated secrets, and keeps the keys of their Secret", async () => {
    const { recorded } = await run(() => {
      const password = new random.RandomPassword("p", { length: 20 });
      new k8s.core.v1.Secret("s", {
        metadata: { name: "s", namespace: "n" },
        stringData: { user: "me", password: password.result },
      });
    });
    const secret = recorded.find(({ name }) => name === "s");
    assert.deepEqual(secret?.inputs.stringData, { user: HIDDEN, password: HIDDEN });
    assert.ok(!JSON.stringify(recorded.map(({ inputs }) => inputs)).includes("canary"));
  });

  it("hides values that are computed from a secret", async () => {
    const { recorded, outputs } = await run(() => {
      const password = new random.RandomPassword("p", { length: 20 });
      new k8s.core.v1.ConfigMap("c", {
        metadata: { name: "c", namespace: "n" },
        data: { url: pulumi.interpolate`postgresql://me:${password.result}@host` },
      });
      return { leak: password.result };
    });
    assert.deepEqual(recorded.find(({ name }) => name === "c")?.inputs.data, { url: HIDDEN });
    assert.deepEqual(outputs, { leak: HIDDEN });
  });

  it("marks values that only a provider knows", async () => {
    const { recorded } = await run(() => {
      const source = new k8s.core.v1.ConfigMap("source", { metadata: { name: "source", namespace: "n" } });
      new k8s.core.v1.ConfigMap("c", { metadata: { name: "c", namespace: "n" }, data: { id: source.id } });
    });
    assert.deepEqual(recorded.find(({ name }) => name === "c")?.inputs.data, { id: COMPUTED });
  });

  it("gives resources the engine's URNs", async () => {
    class Part extends pulumi.ComponentResource {
      constructor() {
        super("lakehouse:test:Part", "part");
        new k8s.core.v1.ConfigMap("c", { metadata: { name: "c", namespace: "n" } }, { parent: this });
        this.registerOutputs();
      }
    }
    const { recorded } = await run(() => new Part());
    assert.deepEqual(
      recorded.map(({ urn }) => urn),
      [
        "urn:pulumi:test::lakehouse::pulumi:pulumi:Stack::lakehouse-test",
        "urn:pulumi:test::lakehouse::lakehouse:test:Part::part",
        "urn:pulumi:test::lakehouse::lakehouse:test:Part$kubernetes:core/v1:ConfigMap::c",
      ],
    );
  });

  it("hides secrets at any depth", () => {
    const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "canary" };
    assert.deepEqual(visible({ list: [{ deep: secret }], plain: 1 }), { list: [{ deep: HIDDEN }], plain: 1 });
  });
});

describe("manifests", () => {
  it("are one file for each object, by namespace and kind", async () => {
    const { recorded } = await run(() => {
      new k8s.core.v1.ConfigMap("c", { metadata: { name: "c", namespace: "n" }, data: { a: "b" } });
      new k8s.core.v1.Namespace("n", { metadata: { name: "n" } });
      new k8s.core.v1.NodePatch("node-1", { metadata: { name: "node-1", labels: { pool: "x" } } });
      new k8s.helm.v3.Release("operator", { chart: "operator", namespace: "n", values: { replicas: 1 } });
      new random.RandomPassword("p", { length: 20 });
    });
    const all = manifests(recorded);
    assert.deepEqual(
      all.map(({ path }) => path),
      [
        "manifests/_cluster/namespace-n.yaml",
        "manifests/_cluster/node-node-1.yaml",
        "manifests/n/configmap-c.yaml",
        "releases/n/operator.yaml",
        "resources/random/randompassword-p.yaml",
      ],
    );
    assert.equal(
      toYaml(all[2]?.content),
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  namespace: "n"\ndata:\n  a: b\n',
    );
  });
});
