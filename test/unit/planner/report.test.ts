import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { stripVTControlCharacters } from "node:util";
import type { Plan } from "../../../planner/plan";
import { cells } from "../../../planner/report/format";
import { renderHtml } from "../../../planner/report/html";
import { MARKDOWN_LIMIT, renderMarkdown } from "../../../planner/report/markdown";
import { renderText } from "../../../planner/report/text";
import { failing, homelabPlan, links, losing } from "./sample";

const screen = { color: false, width: 100, details: false };
const bad = homelabPlan({ workerGib: 40, policies: failing, resources: losing });
const evil = "</code><script>alert(1)</script> `x` | @octocat #1 \u001b[2J\nnew line";
const hostile: Plan = {
  ...bad,
  stack: evil,
  nodes: bad.nodes.map((node) => ({ ...node, name: evil, pool: evil })),
  unplaced: bad.unplaced.map((pod) => ({ ...pod, service: evil, reason: evil })),
  policies: { passed: 0, failed: [{ policy: evil, level: "mandatory", resource: evil, field: evil, message: evil }] },
  resources: { ...losing, create: [evil], byType: { [evil]: 1 } },
  cost: { ...bad.cost, book: evil, lines: [{ line: evil, monthly: 1, parts: [{ units: 1, unit: evil, each: 1 }] }] },
  losses: [{ node: evil, waiting: [{ service: evil, role: evil, pods: 1, of: 1 }] }],
  links: [
    { from: evil, to: evil, port: 1, protocol: "TCP" },
    { from: evil, to: "b", port: 1, protocol: "TCP", client: evil, server: "b", policies: [evil] },
  ],
  systems: [
    { name: evil, layer: evil, summary: evil },
    { name: "b", layer: "storage", summary: "" },
  ],
  grants: [{ system: evil, user: evil, bucket: evil, prefix: evil, level: "read" }],
  programs: [{ kind: "image", name: evil, version: evil, licence: evil, systems: [evil] }],
  doors: [{ name: evil, system: evil, kind: evil, url: evil, open: evil }],
  outputs: { [evil]: evil },
};

describe("the text report", () => {
  it("has the verdict in its first line", () => {
    assert.equal(
      renderText(homelabPlan(), screen).split("\n")[0],
      "✔ homelab fits its 3 nodes and meets every mandatory policy",
    );
    assert.equal(
      renderText(bad, screen).split("\n")[0],
      "✘ homelab does not fit its 3 nodes: no room for 2 pods, and 2 changes would lose data",
    );
    assert.equal(
      renderText(homelabPlan({ policies: failing }), screen).split("\n")[0],
      "✘ homelab fits its 3 nodes but violates 1 policy in 1 place",
    );
  });

  it("fits a screen for the homelab: 40 lines of 100 columns", () => {
    const lines = renderText(homelabPlan(), screen).trimEnd().split("\n");
    assert.ok(lines.length <= 40, String(lines.length));
    assert.equal(lines.filter((line) => line.length > 100).length, 0);
  });

  it("lists what each lost node stops, and in its details what remains", async () => {
    const lines = renderText(homelabPlan(), { ...screen, width: 200, details: true }).split("\n");
    const after = (start: string) => lines.slice(lines.findIndex((line) => line.trim().startsWith(start)));
    assert.match(
      after("Lost node")[0] ?? "",
      /^ {2}Lost node {2}k8s-1 stops airflow, jupyter, trino-coordinator · k8s-2 stops spark-driver · k8s-3 stops spark-executor$/,
    );
    assert.deepEqual(after("While one node is lost").slice(1, 4), [
      "  k8s-1  stops airflow (existing), jupyter, trino-coordinator; leaves hive-metastore 1 of 2",
      "  k8s-2  stops spark-driver; leaves hive-metastore 1 of 2, trino-worker 1 of 2",
      "  k8s-3  stops spark-executor; leaves trino-worker 1 of 2",
    ]);
    const kept = { ...homelabPlan(), losses: [{ node: "k8s-1", waiting: [] }] };
    assert.match(renderText(kept, screen), /Lost node {2}no single node stops all pods of a group/);
    const alone = Array.from({ length: 7 }, (_, at) => ({ service: `s${String(at)}`, role: "", pods: 1, of: 1 }));
    assert.match(
      renderText({ ...homelabPlan(), losses: [{ node: "only", waiting: alone }] }, screen),
      /Lost node {2}only stops s0, s1, s2, s3 and 3 more$/m,
    );
    assert.doesNotMatch(renderText(bad, screen), /Lost node/);
    assert.match(await renderHtml(homelabPlan()), /<b>k8s-3<\/b> stops spark-executor; leaves trino-worker 1 of 2/);
    assert.match(renderMarkdown(homelabPlan()), /- \*\*k8s-3\*\* stops spark-executor; leaves trino-worker 1 of 2/);
  });

  it("draws the node that is exactly full as full", () => {
    const bars = renderText(homelabPlan(), screen)
      .split("\n")
      .filter((line) => line.startsWith("  memory"));
    assert.deepEqual(
      bars.map((line) => line.includes("░")),
      [true, true, false],
    );
    assert.match(bars[2]!, /56 of 56 GiB {2}100 %$/);
  });

  it("has the same text with colours, and shows lost data in red", () => {
    const colored = renderText(bad, { ...screen, color: true });
    const plain = (text: string) => text.replace(/[█▓░▇▁]/g, "#");
    assert.equal(plain(stripVTControlCharacters(colored)), plain(renderText(bad, screen)));
    assert.match(colored, /\u001b\[31m {2}! deletes data:.*\n/);
  });

  it("adds links, types, the bill and every change with details", () => {
    const text = renderText(homelabPlan(), { ...screen, details: true });
    for (const part of [
      "TCP 9083",
      "kubernetes:core/v1:Service",
      "2 × $400 per worker",
      "+ lakehouse-query/service-query-api",
      "sql = ",
    ]) {
      assert.ok(text.includes(part), part);
    }
  });

  it("fits a screen for a hundred nodes, the fullest first", () => {
    const [first] = homelabPlan().nodes;
    const nodes = Array.from({ length: 100 }, (_, at) => ({
      ...first!,
      name: `n${String(at)}`,
      memory: { ...first!.memory, requested: at },
    }));
    const text = renderText({ ...homelabPlan(), nodes: [...nodes, homelabPlan().nodes[2]!] }, screen);
    assert.ok(text.split("\n").length <= 45);
    assert.match(text, /The 5 fullest nodes of 101/);
    assert.match(text, /k8s-3/);
  });

  it("never contains control characters", () => {
    assert.doesNotMatch(renderText(hostile, { ...screen, details: true }), /[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe("the Markdown report", () => {
  it("starts with the verdict and has one line for each change", () => {
    const lines = renderMarkdown(bad).split("\n");
    assert.equal(
      lines[0],
      "### ❌ homelab does not fit its 3 nodes: no room for 2 pods, and 2 changes would lose data",
    );
    assert.equal(lines.filter((line) => line.includes("statefulset-trino-worker")).length, 1);
    assert.ok(lines.includes("- **delete** `lakehouse-storage/cluster-postgres` 🔴"));
  });

  it("stays below the size limit of a comment, and says how much it left out", () => {
    const many = Array.from(
      { length: 5000 },
      (_, at) => `lakehouse-query/configmap-${"x".repeat(at % 300)}-${String(at)}`,
    );
    const text = renderMarkdown({
      ...bad,
      nodes: Array.from({ length: 400 }, () => bad.nodes[0]!),
      unplaced: many.map((name) => ({ ...bad.unplaced[0]!, service: name })),
      policies: {
        passed: 0,
        failed: many.map((name) => ({ ...failing.failed[0]!, resource: name, message: "&<>|*_".repeat(200) })),
      },
      cost: { ...bad.cost, lines: many.map((line) => ({ line, monthly: 1, parts: [] })) },
      resources: {
        ...losing,
        create: many,
        delete: many,
        deletesData: many,
        change: many.map((resource) => ({ resource, fields: many, losesData: true })),
      },
    });
    assert.ok(text.length < MARKDOWN_LIMIT, String(text.length));
    assert.match(text, /… \d+ changes left out/);
    assert.equal(text.split("<details>").length, text.split("</details>").length);
  });

  it("escapes all Markdown from a plan", () => {
    const text = renderMarkdown(hostile).replace(/`[^`\n]*`/g, "");
    assert.doesNotMatch(text, /<script|@octocat|#1\b|\u001b/);
  });
});

describe("the HTML report", () => {
  it("escapes all text from a plan", async () => {
    const page = await renderHtml(hostile);
    assert.ok(page.includes("&lt;/code&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert.equal(page.split("<script").length, 2);
  });

  it("runs its own script and no other", async () => {
    const page = await renderHtml(hostile);
    const [, script = ""] = /<script>([^]*?)<\/script>/.exec(page) ?? [];
    const hash = createHash("sha256").update(script).digest("base64");
    assert.ok(script.includes("addEventListener"));
    assert.ok(
      page
        .replaceAll("&#39;", "'")
        .includes(`default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'"`),
    );
  });

  it("loads no other resources", async () => {
    assert.doesNotMatch(await renderHtml(homelabPlan()), /<script [^>]|<link|<img|url\(|@import|src=/);
  });

  it("shows every link and every kind of pod", async () => {
    const page = await renderHtml(homelabPlan());
    for (const { to } of links) assert.ok(page.includes(`<td>${to}</td>`), to);
    for (const pod of homelabPlan().nodes.flatMap((node) => node.pods)) assert.ok(page.includes(pod.service));
  });

  it("shows equal nodes once, and cost, versions, licences and doors by system", async () => {
    const plan = homelabPlan();
    const [node] = plan.nodes;
    const page = await renderHtml({
      ...plan,
      nodes: ["q-1", "q-2", "q-3"].map((name) => ({ ...node!, name })),
      programs: [
        { kind: "image", name: "docker.io/trinodb/trino", version: "484", licence: "Apache-2.0", systems: ["trino"] },
        { kind: "image", name: "registry.example/own", version: "1", systems: [] },
      ],
      systems: [{ name: "trino-worker", layer: "query", summary: "" }],
      grants: [{ system: "trino-worker", user: "trino", bucket: "silver", prefix: "orders/", level: "read" }],
      doors: [
        { name: "trino-ui", system: "trino", kind: "web", url: "http://trino:8080", open: "kubectl port-forward" },
      ],
    });
    const text = page.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");
    for (const part of [
      "q-1…3 3 equal nodes, control",
      "Cost by system a month trino trino-layer $800",
      "Apache-2.0 1 · not known 1",
      "docker.io/trinodb/trino 484 Apache-2.0 trino",
      "registry.example/own 1 not known named in the settings",
      "trino read silver/orders/",
      "trino-ui of trino web http://trino:8080 kubectl port-forward",
    ])
      assert.ok(text.includes(part), part);
  });
});

describe("every report", () => {
  for (const [name, render] of Object.entries({
    text: (plan: Plan) => renderText(plan, screen),
    markdown: renderMarkdown,
    html: renderHtml,
  })) {
    it(`is deterministic: ${name}`, async () => {
      assert.equal(await render(structuredClone(bad)), await render(bad));
    });

    it(`accepts an empty plan: ${name}`, async () => {
      const nothing = { total: 0, byType: {}, create: [], change: [], delete: [], replace: [] };
      const empty: Plan = {
        ...homelabPlan(),
        nodes: [],
        links: [],
        outputs: {},
        resources: nothing,
        policies: { passed: 0, failed: [] },
        cost: { ...bad.cost, lines: [], systems: [] },
      };
      const text = (await render(empty)).replace(/<script>[^]*?<\/script>/, "");
      assert.match(text, /no change/);
      assert.doesNotMatch(text, /undefined|NaN/);
    });
  }
});

describe("cells of a bar", () => {
  it("are not lost by rounding, and fill the bar only if the node is full", () => {
    assert.deepEqual(cells([1, 1, 1], 3, 10), [3, 4, 3]);
    assert.deepEqual(cells([99.9], 100, 10), [9]);
    assert.deepEqual(cells([60, 60], 100, 10), [6, 4]);
    assert.deepEqual(cells([0], 0, 10), [0]);
  });
});
