import assert from "node:assert/strict";

import type { Node } from "../../../components/core/node";
import type { PodGroup } from "../../../components/core/pod-group";
import { GiB } from "../../../components/core/quantity";
import { serviceDashboard } from "../../../components/observability/dashboards";
import { overviewDashboard } from "../../../components/observability/overview";
import { watched } from "./watched";

/** Limit in bytes: a tenth of a ConfigMap's, so that a person can review it. */
const MOST = 100_000;

interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly options?: { readonly content?: string };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: string }[];
  };
}

const read = (text: string) => JSON.parse(text) as Dashboard;

const node = (name: string, over: Partial<Node> = {}): Node => ({
  name,
  pool: "main",
  capacity: { cpu: 16, memory: 96 * GiB },
  system: { cpu: 2, memory: 16 * GiB },
  limit: { cpu: 9.8, memory: 56 * GiB },
  ...over,
});

const group: PodGroup = {
  service: "trino",
  role: "worker",
  namespace: "lakehouse-query",
  replicas: 2,
  requests: { cpu: 4, memory: 24 * GiB },
  limits: { cpu: 8, memory: 24 * GiB },
  volumes: [],
  pools: ["main"],
  spread: "one-per-node",
  lifetime: "always",
  origin: "deployed",
};

describe("dashboard of a service", () => {
  for (const service of watched) {
    const render = () => serviceDashboard({ ...service, namespace: "somewhere" });
    const dashboard = read(render());

    it(`is deterministic and small: ${service.service}`, () => {
      assert.equal(render(), render());
      assert.ok(render().length < MOST, String(render().length));
    });

    it(`has a fixed UID, and sends every query to the chosen Prometheus: ${service.service}`, () => {
      assert.equal(dashboard.uid, `lakehouse-${service.service}`);
      const [variable] = dashboard.templating.list;
      assert.deepEqual([variable?.name, variable?.type, variable?.query], ["datasource", "datasource", "prometheus"]);
      for (const panel of dashboard.panels) assert.equal(panel.datasource?.uid, "${datasource}", panel.title);
    });

    it(`shows firing alerts and all panels of the service, without overlap: ${service.service}`, () => {
      const titles = dashboard.panels.map((panel) => panel.title);
      assert.deepEqual(titles, [
        "Firing alerts",
        ...(service.monitoring.scrapes.length > 0 ? ["Pods that answer"] : []),
        ...service.monitoring.panels.map((panel) => panel.title),
      ]);
      const places = dashboard.panels.map(({ gridPos: { x, y } }) => `${String(x)},${String(y)}`);
      assert.deepEqual(places, [...new Set(places)]);
    });
  }
});

describe("the overview", () => {
  const homelab = ["k8s-1", "k8s-2", "k8s-3"].map((name) => node(name));

  it("shows the nodes' limits", () => {
    const { uid, panels } = read(overviewDashboard(homelab, [group]));
    assert.equal(uid, "lakehouse");
    const [nodes] = panels;
    assert.deepEqual(nodes?.options?.content?.split("\n").slice(2), [
      "| main | k8s-1, k8s-2, k8s-3 | 96Gi | 16Gi | 56Gi | 16 | 9800m |",
    ]);
  });

  it("compares pods' requests with the plan, without fixed sizes of pods", () => {
    const text = overviewDashboard(homelab, [group]);
    const larger = { ...group, replicas: 3, requests: { cpu: 5, memory: 25 * GiB } };
    assert.equal(overviewDashboard(homelab, [larger]), text);
    const quota = (type: string) =>
      `kube_resourcequota{resource="requests.memory", type="${type}", namespace=~"lakehouse-query"}`;
    assert.ok(
      read(text).panels.some(
        ({ targets = [] }) => targets[0]?.expr === `${quota("used")} / ignoring (type) ${quota("hard")}`,
      ),
    );
  });

  it("compares the cluster's metrics with each node's limit", () => {
    const small = node("k8s-4", { limit: { cpu: 4, memory: 8 * GiB } });
    const { panels } = read(overviewDashboard([...homelab, small], [group]));
    const memory = panels.find((panel) => panel.title.includes("memory against the limit"));
    assert.deepEqual(
      memory?.targets?.map(({ refId, expr }) => [refId, /node=~"([^"]+)"/.exec(expr)?.[1], expr.split(" / ").at(-1)]),
      [
        ["A", "k8s-1|k8s-2|k8s-3", String(56 * GiB)],
        ["B", "k8s-4", String(8 * GiB)],
      ],
    );
  });

  it("shows what the stack's outputs say of doors, cost, versions and links", () => {
    const url = "http://trino.lakehouse-query.svc:8080";
    const text = overviewDashboard(homelab, [group], {
      doors: [{ name: "trino", kind: "sql", url, open: "kubectl -n lakehouse-query port-forward svc/trino 8080" }],
      cost: { book: "founding", currency: "USD", monthly: 6200, systems: { spark: 200, trino: 800 } },
      versions: { trino: ["trino 484"] },
      links: { "trino-worker": ["hive-metastore:9083", "minio:9000"] },
    });
    const notes = new Map(read(text).panels.map(({ title, options }) => [title, options?.content?.split("\n") ?? []]));
    assert.equal(notes.get("Doors")?.[2], "| trino | sql | `kubectl -n lakehouse-query port-forward svc/trino 8080` |");
    assert.deepEqual(notes.get("Cost a month, as planned (prices: founding)"), [
      "| system | 6,200 USD |",
      "| --- | --- |",
      "| trino | 800 USD |",
      "| spark | 200 USD |",
    ]);
    assert.equal(notes.get("Versions")?.[2], "| trino | trino 484 |");
    assert.equal(
      notes.get("Links: all that may be reached")?.[2],
      "| trino-worker | hive-metastore:9083, minio:9000 |",
    );
    // Whoever reads a ConfigMap with an address is taken for its client.
    assert.ok(!text.includes(url));
  });

  it("stays small with the maximum number of nodes, each with a limit of its own", () => {
    const many = Array.from({ length: 5000 }, (_, index) => node(`node-${String(index)}`.padEnd(63, "x")));
    const unequal = homelab.map((each, index) => ({ ...each, limit: { cpu: index + 1, memory: (index + 1) * GiB } }));
    for (const nodes of [many, many.slice(0, 300), unequal]) {
      const text = overviewDashboard(nodes, [group]);
      assert.ok(text.length < MOST, String(text.length));
    }
  });
});
