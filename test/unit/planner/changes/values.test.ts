import assert from "node:assert/strict";

import pico from "picocolors";

import { changeGroups, groupTitle, restartText } from "../../../../planner/changes/report/groups";
import { shapeOf } from "../../../../planner/changes/report/shape";
import { changeLines } from "../../../../planner/changes/report/text";
import { renderHtml } from "../../../../planner/report/html";
import { MARKDOWN_LIMIT, renderMarkdown } from "../../../../planner/report/markdown";
import { renderText } from "../../../../planner/report/text";
import { homelabPlan } from "../sample";
import { between, changed, object } from "./objects";

const fields = (before: unknown, after: unknown) => changed(before, after)[0]!.change.fields;
const screen = { color: false, width: 100, details: true };

describe("the values of a change", () => {
  const secrets: readonly [string, unknown, unknown][] = [
    [
      "a Secret",
      object("v1", "Secret", { data: { a: "b2xk" } }),
      object("v1", "Secret", { data: { a: "bmV3", b: "bmV3" } }),
    ],
    ["a Secret that is new data", object("v1", "Secret"), object("v1", "Secret", { stringData: { a: "bmV3" } })],
    ["a hidden value", { spec: { a: "[secret]" } }, { spec: { a: { b: "[secret]" } } }],
    ["a password", { spec: { adminPassword: "old b2xk" } }, { spec: { adminPassword: "bmV3" } }],
    ["a token in a list", { env: [{ secret: "b2xk" }] }, { env: [{ secret: "bmV3" }] }],
    ["the user of a URL", { url: "https://u:b2xk@host/" }, { url: "https://u:bmV3@host/x" }],
    ["a line of a file", { data: "a=1\ndb.password=b2xk\n" }, { data: "a=2\ndb.password=bmV3\n" }],
    ["a line of YAML", { data: 'a: 1\n  secret-key: "b2xk"\n' }, { data: 'a: 2\n  secret-key: "bmV3"\n' }],
    ["a private key", { key: "x" }, { key: "-----BEGIN PRIVATE KEY-----\nbmV3" }],
  ];
  for (const [what, before, after] of secrets)
    it(`show no secret: ${what}`, async () => {
      const changes = between(before, after);
      assert.doesNotMatch(JSON.stringify(changes), /b2xk|bmV3/);
      assert.match(JSON.stringify(changes), /\(secret\)/);
      const plan = { ...homelabPlan(), changes };
      for (const text of [renderText(plan, screen), renderMarkdown(plan), await renderHtml(plan)])
        assert.doesNotMatch(text, /b2xk|bmV3/);
    });

  it("show references to secrets, and what an update computes as such", () => {
    const file = (of: string) => ({ data: `key=\${ENV:S3_SECRET}\nshared-secret=\${ENV:X}\nn=${of}\n`, id: of });
    assert.match(JSON.stringify(fields(file("1"), file("[computed]"))), /shared-secret=\$\{ENV:X\}.*\(computed\)/);
  });

  it("of texts with several lines are their lines", () => {
    const [field] = fields({ data: "a=1\nb=2\nc=3\n" }, { data: "a=1\nb=4\nc=3\n" });
    assert.deepEqual(shapeOf(field!), {
      kind: "lines",
      lines: [
        { sign: "-", text: "b=2" },
        { sign: "+", text: "b=4" },
      ],
    });
  });

  it("of huge texts are their lengths", () => {
    const text = (seed: number) => Array.from({ length: 5000 }, (_, line) => `${String(line * seed)}x`).join("\n");
    const [field] = fields({ data: text(3) }, { data: text(7) });
    assert.deepEqual(shapeOf(field!), { kind: "values", before: "5000 lines", after: "5000 lines" });
  });
});

describe("what a change does to pods", () => {
  const deployment = (image: string, replicas = 3) =>
    object("apps/v1", "Deployment", { spec: { replicas, template: { spec: { containers: [{ name: "a", image }] } } } });
  const restarts = (before: unknown, after: unknown) => changed(before, after)[0]!.change.restarts;

  it("is a restart of each where their template changes, and none for their number", () => {
    assert.equal(restarts(deployment("a"), deployment("b")), 3);
    assert.equal(restarts(deployment("a", 2), deployment("a", 3)), undefined);
  });

  it("is left to an operator where it has its own pods", () => {
    const cluster = (of: object) => object("postgresql.cnpg.io/v1", "Cluster", { spec: { instances: 2, ...of } });
    assert.equal(restarts(cluster({}), cluster({ imageName: "x" })), "operator");
    assert.equal(restarts(cluster({}), cluster({ instances: 3 })), undefined);
  });
});

describe("equal changes", () => {
  it("are one, without hashes of files and with requests that are limits", () => {
    const pods = (memory: string, hash: string) => ({
      template: {
        metadata: { annotations: { "lakehouse.dev/config": hash } },
        spec: { containers: [{ name: "a", resources: { limits: { memory }, requests: { memory } } }] },
      },
    });
    const of = (memory: string, hash: string) =>
      object("apps/v1", "Deployment", { spec: { replicas: 1, ...pods(memory, hash) } });
    const [{ change: one }] = changed(of("1Gi", "a"), of("2Gi", "b")) as [ReturnType<typeof changed>[number]];
    const groups = changeGroups([one, { ...one, resource: "ns/y" }]);
    assert.equal(groups.length, 1);
    assert.equal(groupTitle(groups[0]!), "2 × Deployment: ns/x, ns/y");
    assert.equal(restartText(groups[0]!), "restarts 1 pod each");
    assert.deepEqual(
      groups[0]!.fields.map(({ path, before, after }) => [path, before, after]),
      [["spec.template.spec.containers[a].resources.memory", "1Gi", "2Gi"]],
    );
  });
});

describe("reports of changes", () => {
  const before = object("apps/v1", "Deployment", { spec: { replicas: 2, template: { a: "x".repeat(90) } } });
  const after = object("apps/v1", "Deployment", { spec: { replicas: 1, template: { a: "y".repeat(90) } } });
  const plan = { ...homelabPlan(), changes: between(before, after) };

  it("have old and new values, harm and restarts", async () => {
    for (const text of [renderText(plan, screen), renderMarkdown(plan), await renderHtml(plan)]) {
      assert.match(text, /runs fewer pods: 2 → 1/);
      assert.match(text, /restarts 1 pod/);
      assert.match(text, /spec\.replicas/);
    }
    assert.match(renderText(plan, screen), /\n {6}spec\.replicas {2}2 → 1\n/);
  });

  it("stay within the terminal, and below the limit of a comment with 5 000 changes", () => {
    for (const width of [60, 100, 200])
      for (const line of changeLines(plan, pico.createColors(false), width, true))
        assert.ok(line.length <= width, line);
    const objects = Array.from({ length: 5000 }, (_, index) => ({
      ...plan.changes.objects![0]!,
      resource: `ns/object-${String(index)}`,
      fields: [{ path: `spec.value${String(index)}`, before: "a\n".repeat(500), after: "b\n".repeat(500) }],
    }));
    const harms = objects.map(({ resource }) => ({ severity: "data" as const, resource, text: `deletes ${resource}` }));
    const large = renderMarkdown({ ...plan, changes: { ...plan.changes, objects, harms } });
    assert.ok(large.length < MARKDOWN_LIMIT, String(large.length));
    assert.match(large, /… \d+ changes left out/);
    assert.equal(large.split("<details").length, large.split("</details>").length);
    assert.ok(renderMarkdown({ ...plan, changes: { ...plan.changes, objects, harms } }, { limit: 9000 }).length < 9000);
  });

  it("escape what is in the values", async () => {
    const evil = "```\n</code><script>alert(1)</script>\n@octocat #1\u001b[2J";
    const hostile = { ...homelabPlan(), changes: between({ kind: "A", [evil]: "a\nb" }, { kind: "A", [evil]: evil }) };
    assert.equal((await renderHtml(hostile)).split("<script").length, 2);
    const comment = renderMarkdown(hostile).replace(/```diff\n[^]*?\n {4}```/g, "");
    assert.doesNotMatch(comment.replace(/`[^`\n]*`/g, ""), /<script|@octocat|\u001b/);
    assert.doesNotMatch(renderText(hostile, screen), /\u001b/);
  });
});
