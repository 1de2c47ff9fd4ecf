import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { monitoring } from "../../../components/streaming/nifi/monitoring";
import { ADMIN } from "../../../components/streaming/nifi/rights";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { accountFolder } from "../../../sandbox/control-plane/account";
import type { KubernetesObject } from "../../../sandbox/control-plane/api";
import { type ControlPlane, startControlPlane } from "../../../sandbox/control-plane/control-plane";
import { MissingTool } from "../../../sandbox/control-plane/obtain";
import { Ground } from "../../../sandbox/engines/ground";
import { Client, startMinio } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { NifiNode } from "../../../sandbox/engines/nifi/nifi";
import { obtain } from "../../../sandbox/engines/obtain";
import { Rendered } from "../../../sandbox/engines/rendered";
import { DENIED } from "../object-rights";

/** The dev stack with NiFi, which lands no topics: no registry has its client of Kafka. */
async function rendering(nifi: object = {}): Promise<Rendered> {
  const dev = readStackFile(PROJECT_FOLDER, "dev");
  const having = (key: string, more: object) => ({
    [key]: JSON.stringify({ ...(JSON.parse(dev.values[key] ?? "{}") as object), ...more }),
  });
  const values = {
    ...dev.values,
    ...having("lakehouse:cluster", { certManager: true }),
    ...having("lakehouse:streaming", { nifi: { enabled: true, ...nifi } }),
  };
  return Rendered.of("dev", undefined, { ...dev, values });
}

const digest = (text: string) => createHash("sha256").update(text).digest("hex");
const today = () => new Date().toISOString().slice(0, 10);
/** Where an object of a file stands, below its prefix. */
const keyOf = (name: string, content: string) => `files/date=${today()}/${digest(content)}/${name}`;
const FEW = 60;

describe("NiFi", function () {
  this.timeout(PATIENCE);
  let run: Run | undefined;
  let ground: Ground;
  let nifi: NifiNode;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const tools = await obtain(() => undefined, ["minio", "nifi", "nifiStandard"]);
    run = Run.start("nifi");
    // The Service's own port, because no other process is in this network.
    ground = await Ground.of(run, await rendering(), tools, { s3: 9000 });
    nifi = new NifiNode(ground);
    await Promise.all([
      startMinio(ground, "minio", { events: false }).then(() => makeMinioResources(ground, { events: false })),
      nifi.prepare(),
    ]);
  });
  after(async () => {
    await run?.end();
  });

  const landed = async () => (await Client.root(ground).list("bronze/nifi/")).toSorted();
  const secret = (name: string, key: string) => ground.rendered.secret(name, key);

  it("starts NiFi from its rendered files, with TLS, and is ready", async () => {
    await nifi.start();
  });

  it("lets nobody into NiFi without a sign-in, or by a wrong password or a stranger's certificate", async () => {
    for (const path of ["flow/process-groups/root", "flow/metrics/prometheus", "controller/config"])
      assert.equal((await nifi.ask(path)).status, 401, path);
    assert.equal((await nifi.login(ADMIN, "wrong")).status, 400);
    assert.equal((await nifi.login("somebody", secret("nifi-admin", "password"))).status, 400);
    const { status, text } = await nifi.login(ADMIN, secret("nifi-admin", "password"));
    assert.equal(status, 201);
    const Authorization = `Bearer ${text}`;
    const asked = async (path: string) => (await nifi.ask(path, { Authorization })).status;
    assert.equal(await asked("flow/process-groups/root"), 200);
    assert.equal(await asked("controller/config"), 200);
    await nifi.stranger();
    await assert.rejects(nifi.ask("flow/process-groups/root", { as: "stranger" }), /alert|socket hang up|ECONNRESET/i);
  });

  it("deploys NiFi's flow by the rendered task, and changes nothing when that runs again", async () => {
    assert.deepEqual(await nifi.deploy(), { parameters: true, flow: true, started: true });
    const before = (await nifi.ask("flow/process-groups/root", { as: "nifi-flows-tls" })).text;
    assert.deepEqual(await nifi.deploy(), { parameters: false, flow: false, started: false });
    const revision = (text: string) => /"revision":\{[^}]*"version":(\d+)/.exec(text)?.[1];
    const after = (await nifi.ask("flow/process-groups/root", { as: "nifi-flows-tls" })).text;
    assert.equal(revision(after), revision(before));
    await nifi.check();
  });

  it("lands each file once, below a key that follows from its content and its day, and bad ones in quarantine", async () => {
    const files = {
      "orders.jsonl": '{"id":1}\n{"id":2}\n',
      "table.csv": "a,b\n1,2\n",
      "ä b.json": "[1,2]".replace("1", '{"id":1}').replace("2", '{"id":2}'),
    };
    const bad = { "broken.json": '{"id":1', "empty.csv": "" };
    for (const [name, content] of Object.entries({ ...files, ...bad })) nifi.put(name, content);
    nifi.put(".half-written.csv", "a,");
    const expected = [
      ...Object.entries(files).map(([name, content]) => keyOf(name, content)),
      ...Object.entries(bad).map(([name, content]) => `quarantine/${keyOf(name, content)}`),
    ].toSorted();
    await until("all are landed", async () => (await landed()).length >= expected.length, { within: 90_000 });
    assert.deepEqual(await landed(), expected);
    assert.deepEqual(nifi.inbox, [".half-written.csv"]);
    const [, content] = Object.entries(files)[0] ?? ["", ""];
    assert.equal(await Client.root(ground).get(`bronze/nifi/${keyOf("orders.jsonl", content)}`), content);
  });

  it("makes no second object of a file that comes again", async () => {
    const before = await landed();
    nifi.put("table.csv", "a,b\n1,2\n");
    await until("it is taken", () => Promise.resolve(!nifi.inbox.includes("table.csv")), { within: 60_000 });
    await nifi.quiet();
    assert.deepEqual(await landed(), before);
  });

  it("gives NiFi's user no right to delete, and none outside of its prefix", async () => {
    const user = Client.of(ground, "nifi");
    await user.put("bronze/nifi/mine", "1");
    await assert.rejects(user.remove("bronze/nifi/mine"), DENIED);
    await assert.rejects(user.put("bronze/other", "1"), DENIED);
    await assert.rejects(user.put("silver/nifi/mine", "1"), DENIED);
  });

  it("tells the scraper's certificate the series that NiFi's alerts and panels ask for, and nothing else", async () => {
    const { status, text } = await nifi.ask("flow/metrics/prometheus", { as: "nifi-metrics-tls" });
    assert.equal(status, 200);
    const there = new Set(text.match(/^[a-z_]+(?=[{ ])/gm));
    const asked = [...monitoring.alerts, ...monitoring.panels].flatMap(
      ({ expr }) => expr.match(/\b(?:nifi|cluster)_[a-z_]+/g) ?? [],
    );
    assert.ok(asked.length >= 5, String(asked));
    for (const name of asked) assert.ok(there.has(name), name);
    assert.match(text, /nifi_percent_used_count\{[^}]*source_name="Check JSON"[^}]*destination_name="Land"/);
    for (const path of ["controller/config", "tenants/users", "parameter-contexts"])
      assert.notEqual((await nifi.ask(path, { as: "nifi-metrics-tls" })).status, 200, path);
  });

  it("has no secret of NiFi in mounted files, in its flow or in the process list", () => {
    const secrets = [secret("nifi-key", "key"), secret("nifi-admin", "password"), secret("nifi-s3", "SecretKey")];
    const files = ["files", "flows"].map((folder) => nifi.folder(folder));
    for (const text of files.flatMap((folder) =>
      readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8")),
    ))
      for (const one of secrets) assert.ok(!text.includes(one));
    for (const one of secrets) {
      assert.ok(!nifi.flow.includes(one), "the flow holds it in plain text");
      assert.ok(!readFileSync(nifi.log, "utf8").includes(one), "the log");
      assert.ok(!readFileSync(`/proc/${String(nifi.pid)}/cmdline`, "utf8").includes(one), "the process list");
    }
  });

  it("loses no file and doubles none when NiFi is killed in the middle (slow)", async () => {
    const before = await landed();
    const files = Array.from({ length: FEW }, (_, at) => [`k${String(at)}.jsonl`, `{"at":${String(at)}}\n`] as const);
    for (const [name, content] of files) nifi.put(name, content);
    await until("some are taken", () => Promise.resolve(nifi.inbox.length < FEW), { within: 60_000, every: 20 });
    await nifi.kill();
    const some = (await landed()).length - before.length;
    await nifi.start();
    const expected = [...before, ...files.map(([name, content]) => keyOf(name, content))].toSorted();
    await until("all are landed", async () => (await landed()).length >= expected.length, { within: 120_000 });
    await nifi.quiet();
    assert.deepEqual(await landed(), expected);
    assert.ok(some < FEW, `killed after ${String(some)} of ${String(FEW)}`);
    await nifi.check();
  });

  it("names what does not run in NiFi's flow (slow)", async () => {
    await nifi.stopFlow();
    await assert.rejects(nifi.check(), /processors do not run: .*Land/);
    assert.deepEqual(await nifi.deploy(), { parameters: false, flow: false, started: true });
    await nifi.check();
  });
});

describe("NiFi as a cluster", function () {
  this.timeout(PATIENCE);
  let run: Run | undefined;
  let plane: ControlPlane | undefined;

  before(function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
  });
  after(async () => {
    await run?.end();
    await plane?.end();
  });

  it("elects a leader by Leases of a real API server, with the rights of NiFi's account alone (slow)", async function () {
    plane = await controlPlane();
    if (plane === undefined) this.skip();
    const { api } = plane;
    // The second one does not come: the vote on the flow ends after its time.
    const rendered = await rendering({ node: { replicas: 2 } });
    const of = (kind: string, name: string) => rendered.object(kind, name) as unknown as KubernetesObject;
    await api.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
    for (const kind of ["ServiceAccount", "Role", "RoleBinding"]) await api.apply(of(kind, "nifi-node"));
    const account = await accountFolder(plane, { name: "nifi-node", namespace: NAMESPACE });
    run = Run.start("nifi-cluster");
    const tools = await obtain(() => undefined, ["nifi", "nifiStandard"]);
    const ground = await Ground.of(run, rendered, tools);
    const node = new NifiNode(ground, { account, address: new URL(api.access.server) });
    await node.prepare();
    // Its probe asks whether it is one of the cluster.
    await node.start();
    const path = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`;
    const { items } = await api.must<{ readonly items: readonly Lease[] }>("GET", path);
    assert.ok(items.length >= 2, "a coordinator and a primary node");
    for (const { metadata, spec } of items) {
      assert.match(metadata.name, /^nifi-node/);
      assert.match(spec.holderIdentity, /^nifi-node-0\.nifi-nodes\.lakehouse-nifi\.svc/);
    }
    const { text } = await node.ask("flow/metrics/prometheus", { as: "nifi-metrics-tls" });
    assert.match(text, /^cluster_is_connected_to_cluster\{[^}]*\} 1\.0$/m);
  });
});

const NAMESPACE = "lakehouse-nifi";

interface Lease {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly holderIdentity: string };
}

/** Undefined where this machine has no API server. */
async function controlPlane(): Promise<ControlPlane | undefined> {
  try {
    return await startControlPlane({ name: "nifi", alone: true });
  } catch (error) {
    if (error instanceof MissingTool) return undefined;
    throw error;
  }
}
