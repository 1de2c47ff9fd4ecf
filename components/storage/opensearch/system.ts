import { certificates } from "../../core/certified-here";
import { one, system } from "../../core/system";
import { image } from "../../core/uses";
import { shared } from "../../core/versions";
import { cluster } from "./check";
import { HEALTH, PORT } from "./dashboards.config";
import { accessMonitoring, dashboardsMonitoring, monitoring } from "./monitoring";
import { pins } from "./pins";
import { ACCESS, accessPods, DASHBOARDS, dashboardsPods, NAME, nodePods } from "./pods";
import { opensearch as settings } from "./settings";

const production = (nodes: number, volume: string) => ({
  data: { replicas: nodes, cpu: 4, memory: "32Gi" },
  manager: { replicas: 3, cpu: 1, memory: "4Gi" },
  coordinator: { replicas: 2, cpu: 2, memory: "8Gi" },
  volume,
  dashboards: { server: { replicas: 2, cpu: 0.5, memory: "1Gi" } },
});

export const opensearch = system({
  section: "storage",
  key: "opensearch",
  summary: "Logs and full-text search: OpenSearch with Dashboards.",
  settings,
  presets: {
    dev: {
      data: { replicas: 1, cpu: 0.25, memory: "1536Mi" },
      volume: "5Gi",
      dashboards: { server: { cpu: 0.1, memory: "640Mi" } },
    },
    minimal: production(3, "500Gi"),
    medium: production(6, "1Ti"),
    large: production(12, "2Ti"),
  },
  // Half is the heap; the plugins of upstream's image hold 400 MiB of what stands outside of it.
  least: { "data": 1280, "manager": 1280, "coordinator": 1280, "dashboards.server": 512, "exporter": 0 },
  check: cluster,
  pins,
  uses: (own) => {
    const on = { service: NAME, setting: "lakehouse:storage.opensearch.enabled", instead: "false" };
    return [
      ...(own.image === undefined ? [image(pins.opensearch, on)] : []),
      image(shared.elasticsearchExporter, on),
      ...(own.dashboards.enabled
        ? [
            image(pins.opensearchDashboards, {
              service: DASHBOARDS,
              setting: "lakehouse:storage.opensearch.dashboards.enabled",
              instead: "false",
            }),
          ]
        : []),
    ];
  },
  clients: [NAME, ACCESS, DASHBOARDS],
  needs: { objects: one("objects") },
  gives: ["search", "source"],
  pods: ({ platform, settings: own }) => [
    ...nodePods(platform, own),
    ...accessPods(platform, own),
    ...dashboardsPods(platform, own),
  ],
  monitoring: () => ({ [NAME]: monitoring, [ACCESS]: accessMonitoring, [DASHBOARDS]: dashboardsMonitoring }),
  doors: ({ platform, settings: own }) => [
    {
      name: DASHBOARDS,
      kind: "web",
      namespace: platform.namespace("storage"),
      service: DASHBOARDS,
      port: PORT,
      health: HEALTH,
      signIn: "users of OpenSearch by password",
      pods: { role: "server" },
      there: own.dashboards.enabled,
    },
  ],
  compose: {
    standIns: (objects) => certificates(objects, NAME),
    // Copies of shards on one machine guard against nothing.
    settings: {
      data: { replicas: 1 },
      manager: { replicas: 0 },
      coordinator: { replicas: 0 },
      dashboards: { server: { replicas: 1 } },
    },
  },
  create: ({ platform, settings: own, objects, grants }, opts) => {
    const { Opensearch } = require("./opensearch") as typeof import("./opensearch");
    const { OpensearchAccess } = require("./access") as typeof import("./access");
    const { OpensearchDashboards } = require("./dashboards") as typeof import("./dashboards");
    const store = new Opensearch(NAME, { platform, settings: own, objects }, opts);
    const access = new OpensearchAccess(ACCESS, { platform, settings: own, store, described: grants }, opts);
    const shown = own.dashboards.enabled
      ? [new OpensearchDashboards(DASHBOARDS, { platform, settings: own, access }, opts)]
      : [];
    return { services: [store, access, ...shown], search: access, source: access.source };
  },
});
