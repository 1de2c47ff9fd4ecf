import assert from "node:assert/strict";

import { POOL_LABEL } from "../../components/core/labels";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { stack } from "../cluster/stacks";
import type { Engine } from "./engine";
import { contents, identity, prepared, SMALL_CHARTS } from "./prepared";

const TRINO = identity("ConfigMap", "lakehouse-query", "trino-coordinator-etc");
const QUOTA = identity("ResourceQuota", "lakehouse-query", "lakehouse-serving");
const POLICY = identity("NetworkPolicy", "lakehouse-query", "trino-to-postgres", "networking.k8s.io/v1");

const changed = (before: Map<string, string>, after: Map<string, string>) =>
  [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key)).sort();

/** Runs `up`, which must succeed. */
function up(engine: Engine, name: string, environment?: Readonly<Record<string, string>>): string {
  const ran = engine.run(["up", "--stack", name, "--yes", "--skip-preview"], environment);
  const errors = (ran.stdout + ran.stderr).split("\n").filter((line) => line.includes("error"));
  assert.equal(ran.status, 0, errors.join("\n"));
  return ran.stdout;
}

describe("Pulumi's real engine on a real API server: homelab", function () {
  let control: ControlPlane;
  let engine: Engine;
  before(async function () {
    [control, engine] = await prepared(this, "homelab");
  });
  after(async () => {
    (engine as Engine | undefined)?.end();
    await (control as ControlPlane | undefined)?.end();
  });

  it("makes every object, in an order that the server accepts", async () => {
    up(engine, "homelab");
    const { objects, nodes } = await stack("homelab");
    assert.equal((await contents(control.api, objects)).size, objects.length);
    for (const { name, pool } of nodes) {
      const node = await control.api.get({ apiVersion: "v1", kind: "Node", metadata: { name } });
      assert.equal(node?.metadata.labels?.[POOL_LABEL], pool);
    }
  });

  it("has Helm install a chart of the mirror with the stack's values", async function () {
    // Only a small chart shows what it was given, and only Pulumi's own plugin runs Helm.
    if (!SMALL_CHARTS) this.skip();
    const releases = engine.resources("homelab").filter(({ type }) => type === "kubernetes:helm.sh/v3:Release");
    assert.ok(releases.length > 0);
    for (const { inputs } of releases) {
      const { name, namespace, values } = inputs as Readonly<Record<"name" | "namespace", string>> & { values: object };
      const seen = await control.api.get(identity("ConfigMap", namespace, `${name}-values`));
      assert.deepEqual(JSON.parse((seen?.data as { readonly values: string }).values), values);
    }
  });

  it("changes nothing when it runs again", async () => {
    const { objects } = await stack("homelab");
    const before = await contents(control.api, objects);
    const said = up(engine, "homelab");
    assert.match(said, /\d+ unchanged/);
    assert.doesNotMatch(said, /created|updated|replaced|deleted/);
    assert.deepEqual(changed(before, await contents(control.api, objects)), []);
  });

  it("tells dashboards addresses that exist", async () => {
    const { stdout } = engine.run(["stack", "output", "--stack", "homelab", "--json"]);
    const outputs = JSON.parse(stdout) as Readonly<Record<"icebergRest" | "metastore", string>> & {
      readonly sql: { readonly url: string };
    };
    for (const address of [outputs.icebergRest, outputs.metastore, outputs.sql.url]) {
      const { hostname, port } = new URL(address);
      const [name = "", namespace = ""] = hostname.split(".");
      const service = await control.api.get(identity("Service", namespace, name));
      const { ports } = service?.spec as { readonly ports: readonly { readonly port: number }[] };
      assert.ok(
        ports.some((each) => String(each.port) === port),
        address,
      );
    }
  });

  it("changes the objects that a setting changes, and no other", async () => {
    const { objects } = await stack("homelab");
    const before = await contents(control.api, objects);
    engine.configure("homelab", "homelab", (text) =>
      text.replace("coordinator: { cpu: 2, memory: 8Gi", "coordinator: { cpu: 2, memory: 10Gi"),
    );
    up(engine, "homelab");
    assert.deepEqual(changed(before, await contents(control.api, objects)), [
      "ConfigMap lakehouse-query/trino-coordinator-etc",
      "Deployment lakehouse-query/trino-coordinator",
      "ResourceQuota lakehouse-query/lakehouse-serving",
    ]);
    engine.configure("homelab", "homelab");
    up(engine, "homelab");
    assert.deepEqual(changed(before, await contents(control.api, objects)), []);
  });

  it("changes configuration in place, and the pods that read it after that", () => {
    resize("9Gi");
    const steps = engine.steps("homelab");
    assert.deepEqual(
      steps.filter((step) => step.endsWith(MAP)),
      [`start update ${MAP}`, `end update ${MAP}`],
    );
    assert.ok(steps.indexOf(`end update ${MAP}`) < steps.indexOf(`start update ${PODS}`), steps.join("\n"));
  });

  it("does so, too, where the plugin makes the configuration anew", () => {
    const setting = "enableConfigMapMutable:\n    value: ";
    engine.edit("Pulumi.yaml", `${setting}true`, `${setting}false`);
    resize("8Gi");
    const steps = engine.steps("homelab");
    const [gone, made, rolled] = [
      `end delete-replaced ${MAP}`,
      `end create-replacement ${MAP}`,
      `start update ${PODS}`,
    ].map((step) => steps.indexOf(step)) as [number, number, number];
    assert.ok(-1 < gone && gone < made && made < rolled, steps.join("\n"));
    engine.edit("Pulumi.yaml", `${setting}false`, `${setting}true`);
  });
  const resize = (memory: string) => {
    engine.configure("homelab", "homelab", (text) =>
      text.replace("coordinator: { cpu: 2, memory: 8Gi", `coordinator: { cpu: 2, memory: ${memory}`),
    );
  };
  const [MAP, PODS] = ["ConfigMap trino-coordinator-etc", "Deployment trino-coordinator"];

  it("sees what was changed by hand after a refresh, and repairs it", async () => {
    const { objects } = await stack("homelab");
    const before = await contents(control.api, objects);
    await control.api.patch(TRINO, { data: { "jvm.config": "-Xmx1G" } });
    await control.api.patch(QUOTA, { spec: { hard: { "requests.memory": "1Gi" } } });
    await control.api.delete(POLICY);
    assert.equal(changed(before, await contents(control.api, objects)).length, 3);
    const seen = engine.run(["refresh", "--stack", "homelab", "--yes", "--skip-preview"]);
    assert.equal(seen.status, 0, seen.stderr + seen.stdout.slice(-3000));
    assert.match(seen.stdout, /~ 2 updated/);
    assert.match(seen.stdout, /- 1 deleted/);
    // Whoever changed a field owns it now: taking it back is something to ask for.
    up(engine, "homelab", { PULUMI_K8S_ENABLE_PATCH_FORCE: "true" });
    assert.deepEqual(changed(before, await contents(control.api, objects)), []);
  });

  it("is destroyed only once its protection is taken off, and what holds data stays", async () => {
    const destroy = ["destroy", "--stack", "homelab", "--yes"];
    // The preview refuses. With --skip-preview the engine would delete what is not protected first.
    const refused = engine.run(destroy);
    assert.notEqual(refused.status, 0);
    assert.match(refused.stdout + refused.stderr, /protected/);
    const { objects } = await stack("homelab");
    assert.equal((await contents(control.api, objects)).size, objects.length);
    engine.run(["state", "unprotect", "--all", "--yes", "--stack", "homelab"]);
    const { status, stderr, stdout } = engine.run(destroy);
    assert.equal(status, 0, stderr + stdout.slice(-3000));
    assert.deepEqual([...(await contents(control.api, objects)).keys()].sort(), [
      "Cluster lakehouse-storage/postgres",
      "Namespace /lakehouse-storage",
      "Node /k8s-1",
      "Node /k8s-2",
      "Node /k8s-3",
      ...["backups", "bronze", "gold", "silver", "warehouse"].map(
        (bucket) => `ObjectBucketClaim lakehouse-storage/bucket-${bucket}`,
      ),
    ]);
  });
});

describe("Pulumi's real engine on a real API server: a laptop's stack", function () {
  let control: ControlPlane;
  let engine: Engine;
  before(async function () {
    [control, engine] = await prepared(this, "dev");
  });
  after(async () => {
    (engine as Engine | undefined)?.end();
    await (control as ControlPlane | undefined)?.end();
  });

  it("goes on where it was killed, and takes up what was made and not noted only when it is told to", async () => {
    const { objects } = await stack("dev");
    await engine.killedUp("dev", 60);
    const partly = await contents(control.api, objects);
    engine.run(["cancel", "--stack", "dev", "--yes"]);
    // As a plugin leaves it that made the object and was killed before the engine noted it.
    const unnoted = objects.find(
      ({ kind, metadata: { name, namespace = "" } }) =>
        kind === "NetworkPolicy" &&
        partly.has(`Namespace /${namespace}`) &&
        !partly.has(`${kind} ${namespace}/${name}`),
    );
    assert.ok(unnoted);
    await control.api.create(unnoted);
    const refused = engine.run(["up", "--stack", "dev", "--yes", "--skip-preview"]);
    assert.notEqual(refused.status, 0);
    assert.match(refused.stdout + refused.stderr, /" already exists/);
    up(engine, "dev", { PULUMI_K8S_UPSERT_EXISTING_OBJECTS: "true" });
    assert.ok(partly.size < objects.length, `killed after ${String(partly.size)} of ${String(objects.length)}`);
    assert.equal((await contents(control.api, objects)).size, objects.length);
    assert.doesNotMatch(up(engine, "dev"), /created|updated|replaced|deleted/);
  });

  it("is destroyed without a rest", async () => {
    const { objects } = await stack("dev");
    const { status, stderr, stdout } = engine.run(["destroy", "--stack", "dev", "--yes", "--skip-preview"]);
    assert.equal(status, 0, stderr + stdout.slice(-3000));
    const left = [...(await contents(control.api, objects)).keys()];
    assert.deepEqual(
      left.filter((key) => !key.startsWith("Node ")),
      [],
    );
  });
});
