import assert from "node:assert/strict";

import type { PodPeer } from "../../../components/core/endpoint";
import { linkPolicies } from "../../../components/core/link";
import type { Scrape } from "../../../components/core/monitoring";
import { monitors, scrapeLinks } from "../../../components/observability/monitors";

const PROMETHEUS: PodPeer = {
  kind: "pods",
  name: "prometheus",
  namespace: "monitoring",
  labels: { "app.kubernetes.io/name": "prometheus" },
  managed: false,
};

const watched = (scrapes: readonly Scrape[]) => ({
  service: "trino",
  namespace: "lakehouse-query",
  monitoring: { scrapes, alerts: [], panels: [] },
  peer: (role = "") => ({
    kind: "pods" as const,
    name: `trino-${role}`,
    namespace: "lakehouse-query",
    labels: { "app.kubernetes.io/instance": `trino-${role}` },
    managed: true,
  }),
});

describe("a PodMonitor", () => {
  it("knows pods by the names of their certificates, and signs in by its own", () => {
    const tls = { secret: "trino-tls", host: "$1.trino.ns.svc", serverName: "trino.ns.svc" };
    const [monitor] = monitors(watched([{ role: "worker", portName: "https", port: 8443, tls }]));
    const { podMetricsEndpoints } = monitor?.spec as { podMetricsEndpoints: readonly object[] };
    const of = (key: string) => ({ name: "trino-tls", key });
    assert.deepEqual(podMetricsEndpoints, [
      {
        port: "https",
        path: "/metrics",
        interval: "30s",
        scheme: "https",
        tlsConfig: {
          ca: { secret: of("ca.crt") },
          cert: { secret: of("tls.crt") },
          keySecret: of("tls.key"),
          serverName: "trino.ns.svc",
        },
        relabelings: [
          {
            sourceLabels: ["__meta_kubernetes_pod_name"],
            targetLabel: "__address__",
            replacement: "$1.trino.ns.svc:8443",
          },
        ],
      },
    ]);
  });

  it("selects the pods of one role, scrapes their named port, and reads user and password from a Secret in their namespace", () => {
    const scrape = { role: "worker", portName: "http", port: 8080, basicAuthSecret: "trino-metrics" };
    assert.deepEqual(monitors(watched([scrape])), [
      {
        kind: "PodMonitor",
        name: "trino-worker",
        role: "worker",
        spec: {
          jobLabel: "app.kubernetes.io/name",
          podTargetLabels: ["app.kubernetes.io/component"],
          selector: { matchLabels: { "app.kubernetes.io/instance": "trino-worker" } },
          podMetricsEndpoints: [
            {
              port: "http",
              path: "/metrics",
              interval: "30s",
              basicAuth: {
                username: { name: "trino-metrics", key: "username" },
                password: { name: "trino-metrics", key: "password" },
              },
            },
          ],
        },
      },
    ]);
  });

  it("reads a token from a Secret where the service asks for one", () => {
    const token = { secret: "hub-tokens", key: "metrics" };
    const [monitor] = monitors(watched([{ role: "worker", portName: "http", port: 80, token }]));
    const { podMetricsEndpoints } = monitor?.spec as { readonly podMetricsEndpoints: readonly object[] };
    assert.deepEqual(podMetricsEndpoints, [
      {
        port: "http",
        path: "/metrics",
        interval: "30s",
        authorization: { credentials: { name: "hub-tokens", key: "metrics" } },
      },
    ]);
  });

  it("has no user if the service needs none, and scrapes the service's path", () => {
    const [monitor] = monitors(watched([{ role: "worker", portName: "http", port: 80, path: "/minio/v2/metrics" }]));
    assert.deepEqual(monitor?.spec, {
      jobLabel: "app.kubernetes.io/name",
      podTargetLabels: ["app.kubernetes.io/component"],
      selector: { matchLabels: { "app.kubernetes.io/instance": "trino-worker" } },
      podMetricsEndpoints: [{ port: "http", path: "/minio/v2/metrics", interval: "30s" }],
    });
  });
});

describe("PodMonitors of several ports", () => {
  it("are one for each role, with a label for each path of the same port", () => {
    const found = monitors(
      watched([
        { role: "driver", portName: "ui", port: 4040, path: "/driver" },
        { role: "driver", portName: "ui", port: 4040, path: "/executors" },
        { role: "driver", portName: "jmx", port: 9000 },
        { role: "worker", portName: "ui", port: 4040 },
      ]),
    );
    const relabelings = [{ sourceLabels: ["__metrics_path__"], targetLabel: "metrics_path" }];
    assert.deepEqual(
      found.map(({ name, spec }) => [name, (spec as { podMetricsEndpoints: unknown }).podMetricsEndpoints]),
      [
        [
          "trino-driver",
          [
            { port: "ui", path: "/driver", interval: "30s", relabelings },
            { port: "ui", path: "/executors", interval: "30s", relabelings },
            { port: "jmx", path: "/metrics", interval: "30s" },
          ],
        ],
        ["trino-worker", [{ port: "ui", path: "/metrics", interval: "30s" }]],
      ],
    );
  });
});

describe("links of Prometheus", () => {
  const scrapes = [
    { role: "coordinator", portName: "http", port: 8080 },
    { role: "worker", portName: "http", port: 8080 },
    { role: "worker", portName: "http", port: 8080, path: "/v1/jmx" },
  ];

  it("are one for each port of each role, for any number of paths", () => {
    assert.deepEqual(
      scrapeLinks(watched(scrapes), PROMETHEUS).map(({ from, to }) => [from.name, to.name, to.targetPorts]),
      [
        ["prometheus", "trino-coordinator-http", [8080]],
        ["prometheus", "trino-worker-http", [8080]],
      ],
    );
  });

  it("admit only Prometheus to that port in the service's namespace", () => {
    const [link] = scrapeLinks(watched(scrapes), PROMETHEUS);
    assert.ok(link);
    assert.deepEqual(linkPolicies(link.from, link.to), [
      {
        side: "ingress",
        name: "trino-coordinator-http-from-prometheus",
        namespace: "lakehouse-query",
        annotations: {},
        spec: {
          podSelector: { matchLabels: { "app.kubernetes.io/instance": "trino-coordinator" } },
          policyTypes: ["Ingress"],
          ingress: [
            {
              from: [
                {
                  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } },
                  podSelector: { matchLabels: { "app.kubernetes.io/name": "prometheus" } },
                },
              ],
              ports: [{ port: 8080, protocol: "TCP" }],
            },
          ],
        },
      },
    ]);
  });

  it("scrape an exporter once for each of its targets, and label the series with the target", () => {
    const probe = (target: string) => ({ role: "exporter", portName: "metrics", port: 9104, path: "/probe", target });
    const [monitor] = monitors(watched([probe("db-0:3306"), probe("db-1:3306")]));
    const endpoint = (target: string) => ({
      port: "metrics",
      path: "/probe",
      interval: "30s",
      params: { target: [target] },
      relabelings: [{ sourceLabels: ["__param_target"], targetLabel: "instance" }],
    });
    const { podMetricsEndpoints } = monitor?.spec as { readonly podMetricsEndpoints: readonly object[] };
    assert.deepEqual(podMetricsEndpoints, ["db-0:3306", "db-1:3306"].map(endpoint));
  });
});
