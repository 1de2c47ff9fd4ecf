import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import ts from "typescript";

import { type Json, namespace, object } from "./builders";
import { type Policy, type Registered, run } from "./runner";

/** The example of `policies/README.md`, written into a copy of the pack. */

const ROOT = join(__dirname, "..", "..", "..");
const PACK = join(ROOT, "policies");

const section = /### An operator of your own\n[^]*?`operators\/(?<file>\w+)\.ts`:\n\n```ts\n(?<text>[^]*?)```/;
const { file = "", text = "" } = section.exec(readFileSync(join(PACK, "README.md"), "utf8"))?.groups ?? {};

/** A copy of the pack with the example's file and its line in the index. */
function extended(folder: string): string {
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const pack = join(folder, "policies");
  cpSync(PACK, pack, { recursive: true, filter: (path) => !path.includes("node_modules") });
  writeFileSync(join(pack, "operators", `${file}.ts`), text);
  const index = join(pack, "operators", "index.ts");
  const line = "OPERATORS: readonly Operator[] = [\n";
  const before = readFileSync(index, "utf8");
  assert.ok(before.includes(line));
  writeFileSync(index, `import { ${file} } from "./${file}";\n${before.replace(line, `${line}  ${file},\n`)}`);
  return pack;
}

/** A policy of a pack, loaded from its file. */
function policy(pack: string, module: string, name: string): Policy {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the copy is made when the test runs
  const all = Object.values(require(join(pack, module)) as Record<string, unknown>);
  return all.find((one): one is Policy => (one as Policy | undefined)?.name === name) ?? assert.fail(name);
}

const sizes = { cpu: "1", memory: "4Gi" };

function cluster(historicals: Json = {}): Registered {
  const nodes = {
    brokers: { "nodeType": "broker", "druid.port": 8082, "resources": { requests: sizes, limits: sizes } },
    historicals: {
      "nodeType": "historical",
      "druid.port": 8083,
      "replicas": 40,
      "resources": { requests: sizes, limits: sizes },
      ...historicals,
    },
  };
  return object("druid.apache.org/v1alpha1:Druid", "events", "log", {
    spec: { "jvm.options": "-Xmx2g", "podLabels": { team: "events" }, nodes },
  });
}

const chart: Registered = {
  type: "kubernetes:helm.sh/v3:Release",
  name: "druid-operator",
  props: { chart: "druid-operator", namespace: "events", values: { resources: { requests: sizes, limits: sizes } } },
};

const MODULES: Readonly<Record<string, string>> = {
  "object-require-known-kind": "kinds",
  "release-require-known-chart": "kinds",
  "container-forbid-privileged": "pods/privileges",
  "container-require-resources": "budgets",
  "heap-fit-container": "memory",
  "quota-cover-workloads": "quotas",
  "state-require-protection": "state",
};

describe("a user's own operator, as in the pack's README,", () => {
  let folder: string;
  let ours: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-pack-"));
    ours = extended(folder);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const says = async (pack: string, name: string, resources: readonly Registered[], config: object = {}) =>
    (await run(policy(pack, MODULES[name] ?? assert.fail(name), name), resources, config)) as string[];

  it("is one file of about thirty lines, without type errors", () => {
    assert.ok(text.length > 0);
    assert.ok(text.split("\n").length <= 36, String(text.split("\n").length));
    const path = join(ours, "operators", `${file}.ts`);
    const options = { strict: true, noEmit: true, skipLibCheck: true, exactOptionalPropertyTypes: true };
    const program = ts.createProgram([path], {
      ...options,
      module: ts.ModuleKind.Node16,
      moduleResolution: ts.ModuleResolutionKind.Node16,
      target: ts.ScriptTarget.ES2022,
      types: ["node"],
      typeRoots: [join(ROOT, "node_modules", "@types")],
    });
    const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(path));
    assert.deepEqual(
      found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
      [],
    );
  });

  it("is refused without the file, because of its kinds and its chart only", async () => {
    const resources = [cluster({ containerSecurityContext: { privileged: true } }), chart];
    for (const name of Object.keys(MODULES)) {
      const expected = /^(object|release)-require-known/.test(name) ? 1 : 0;
      assert.equal((await says(PACK, name, resources)).length, expected, name);
    }
  });

  it("is accepted with the file, including the kind without pods and the chart", async () => {
    const ingestion = object("druid.apache.org/v1alpha1:DruidIngestion", "events", "daily", { spec: {} });
    assert.deepEqual(await says(ours, "object-require-known-kind", [cluster(), ingestion]), []);
    assert.deepEqual(await says(ours, "release-require-known-chart", [chart]), []);
  });

  it("is judged for privileged pods", async () => {
    assert.deepEqual(await says(ours, "container-forbid-privileged", [cluster()]), []);
    const [message = "", ...others] = await says(ours, "container-forbid-privileged", [
      cluster({ containerSecurityContext: { privileged: true } }),
    ]);
    assert.deepEqual(others, []);
    assert.match(message, /spec\.nodes\.historicals\.containerSecurityContext\.privileged: Druid events\/log /);
  });

  it("is judged for missing limits", async () => {
    assert.deepEqual(await says(ours, "container-require-resources", [cluster()]), []);
    const messages = await says(ours, "container-require-resources", [
      cluster({ resources: { requests: sizes, limits: { cpu: "1" } } }),
    ]);
    assert.deepEqual(messages.length, 1);
    assert.match(
      messages[0] ?? "",
      /spec\.nodes\.historicals\.resources\.limits\.memory: .* states no memory limit for container druid-log-historicals/,
    );
  });

  it("is judged for its pods' quota, and for heaps within limits", async () => {
    const stack = (memory: string) => [...namespace("events", [{ hard: { "requests.memory": memory } }]), cluster()];
    assert.deepEqual(await says(ours, "quota-cover-workloads", stack("164Gi")), []);
    const [message = ""] = await says(ours, "quota-cover-workloads", stack("163Gi"));
    assert.match(message, /allows 163 Gi \(requests of memory\), but the pods that it counts need 164 Gi/);
    const heaps = await says(ours, "heap-fit-container", [cluster({ "jvm.options": "-server\n-Xmx4g" })]);
    assert.equal(heaps.length, 1);
    assert.match(heaps[0] ?? "", /spec\.nodes\.historicals\["jvm\.options"\]: .*\(-Xmx4g\)/);
  });

  it("can have exceptions by annotations of its pods", async () => {
    const annotations = {
      "lakehouse.dev/allow-container-forbid-privileged": "reads its node's disks; until 2999-12-31",
    };
    const privileged = { containerSecurityContext: { privileged: true } };
    const excused = cluster({ ...privileged, podAnnotations: annotations });
    assert.deepEqual(await says(ours, "container-forbid-privileged", [excused]), []);
  });

  it("is judged for protection of its state", async () => {
    const messages = await says(ours, "state-require-protection", [cluster()], { protectState: true });
    assert.deepEqual(messages.length, 1);
    assert.match(messages[0] ?? "", /Druid events\/log holds data and is not protected/);
  });
});
