import { opened } from "../../core/door";
import { maybe, one, system } from "../../core/system";
import { image } from "../../core/uses";
import { check } from "./check";
import { HEALTH, PORT } from "./config";
import { monitoring } from "./monitoring";
import { pins } from "./pins";
import { GRAFANA, grafanaPods } from "./pods";
import { grafana as settings } from "./settings";

const source = { service: GRAFANA, setting: "lakehouse:observability.grafana.enabled", instead: "false" };

export const grafana = system({
  section: "observability",
  key: "grafana",
  summary: "Dashboards of every service, made by the stack: Grafana.",
  settings,
  presets: {
    dev: { server: { cpu: 0.05, memory: "384Mi" } },
    minimal: { server: { replicas: 2, cpu: 0.5, memory: "1Gi" }, keeps: "postgres" },
    medium: { server: { replicas: 2, cpu: 0.5, memory: "1Gi" }, keeps: "postgres" },
    large: { server: { replicas: 3, cpu: 1, memory: "2Gi" }, keeps: "postgres" },
  },
  // A program in Go.
  least: { server: 0 },
  moved: [{ key: "url", to: "lakehouse:doors.grafana.url" }],
  check,
  compose: { cannot: "the Prometheus that it shows is Kubernetes' alone" },
  pins,
  uses: () => [image(pins.grafana, source), image(pins.dashboardSidecar, source)],
  clients: [GRAFANA],
  needs: { metrics: one("metrics"), database: maybe("database"), logs: maybe("logs") },
  gives: ["dashboards"],
  pods: ({ platform, settings: own }) => grafanaPods(platform, own),
  monitoring: () => ({ [GRAFANA]: monitoring }),
  doors: ({ platform }) => [
    {
      name: GRAFANA,
      kind: "web",
      namespace: platform.namespace("observability"),
      service: GRAFANA,
      port: PORT,
      health: HEALTH,
      signIn: "people by password",
    },
  ],
  create: (args, opts) => {
    const { Grafana } = require("./grafana") as typeof import("./grafana");
    const settings = opened(args.settings, args.stack.door(GRAFANA));
    const made = new Grafana(GRAFANA, { ...args, settings }, opts);
    return { services: [made], dashboards: made };
  },
});
