import { opened } from "../../core/door";
import { maybe, system } from "../../core/system";
import { image } from "../../core/uses";
import { check } from "./check";
import { PORT } from "./environment";
import { monitoring } from "./monitoring";
import { ownMonitoring } from "./own.monitoring";
import { pins } from "./pins";
import { AIRFLOW, airflowPods, ownPods, taskPods } from "./pods";
import { airflow as settings, type AirflowSettings } from "./settings";

const source = { service: AIRFLOW, setting: "lakehouse:orchestration.airflow.mode", instead: "existing" };

const production = (schedulers: number, tasks: number) => ({
  apiServer: { replicas: 2, cpu: 1, memory: "2Gi" },
  scheduler: { replicas: schedulers, cpu: 1, memory: "2Gi" },
  dagProcessor: { cpu: 1, memory: "2Gi" },
  triggerer: { replicas: 2, cpu: 0.5, memory: "1Gi" },
  worker: { replicas: tasks, cpu: 0.5, memory: "1Gi" },
});

const owned = ({ mode }: AirflowSettings) => mode === "deployed";

/** Who signs in, and what runs by itself. */
function notes(own: AirflowSettings): string[] {
  if (!owned(own)) return [];
  const { auth, merge } = own;
  const people = auth.oidc === undefined ? "" : `, and people at ${auth.oidc.issuer}`;
  return [
    `Airflow signs in admin, whose password is the Secret airflow-admin beside it${people}`,
    ...(merge.enabled ? [`Airflow merges changes by merge_changes.sql at ${merge.schedule} (UTC)`] : []),
  ];
}

/** Workflows: an existing Airflow's, or the stack's own with a pod for each task. */
export const airflow = system({
  summary: "Workflows: schedules and order of jobs, by an Airflow of the stack's own or an existing one.",
  section: "orchestration",
  key: "airflow",
  settings,
  presets: {
    dev: {
      apiServer: { cpu: 0.1, memory: "1Gi" },
      scheduler: { cpu: 0.1, memory: "1Gi" },
      dagProcessor: { cpu: 0.1, memory: "768Mi" },
      triggerer: { cpu: 0.05, memory: "512Mi" },
      worker: { replicas: 2, cpu: 0.1, memory: "640Mi" },
    },
    minimal: production(2, 16),
    medium: production(2, 32),
    large: production(3, 64),
  },
  switch: { key: "mode", value: "deployed" },
  on: ({ mode }) => mode !== "off",
  moved: [{ key: "url", to: "lakehouse:doors.airflow.url" }],
  check,
  pins,
  uses: (own) => (owned(own) ? [image(pins.airflow, source), image(pins.statsdExporter, source)] : []),
  clients: [AIRFLOW],
  keepsObjects: owned,
  least: { occupies: 0, apiServer: 768, scheduler: 768, dagProcessor: 512, triggerer: 384, worker: 512 },
  needs: {
    jobs: maybe("jobs"),
    sql: maybe("sql"),
    database: maybe("database"),
    objects: maybe("objects"),
    governance: maybe("governance"),
  },
  gives: ["scheduler"],
  pods: ({ platform, settings: own }) =>
    owned(own) ? [...ownPods(platform, own), ...taskPods(platform, own)] : airflowPods(platform, own),
  notes,
  monitoring: ({ platform, settings: own, stack }) => ({
    [AIRFLOW]: owned(own) ? ownMonitoring(platform.namespace("airflow"), stack.gives("jobs")) : monitoring,
  }),
  doors: ({ platform, settings: own }) => [
    {
      name: AIRFLOW,
      kind: "web",
      namespace: platform.namespace("airflow"),
      service: AIRFLOW,
      port: PORT,
      health: "/api/v2/monitor/health",
      signIn: own.auth.oidc === undefined ? "admin by password" : `people at ${own.auth.oidc.issuer}`,
      pods: { role: "api-server" },
      there: owned(own),
    },
  ],
  compose: { cannot: "each task is a pod that its scheduler makes and ends" },
  create: ({ jobs, database, objects, ...args }, opts) => {
    const work = { jobs: jobs?.jobs ?? [], jobNamespace: jobs?.namespace };
    if (owned(args.settings)) {
      if (database === undefined || objects === undefined)
        throw new Error("Airflow has no database or no object store");
      const { OwnAirflow } = require("./own") as typeof import("./own");
      const settings = opened(args.settings, args.stack.door(AIRFLOW));
      const own = new OwnAirflow({ ...args, settings, database, objects, work: jobs }, opts);
      return { services: [own.tasks, own], scheduler: own.scheduler };
    }
    const { ExistingAirflow } = require("./airflow") as typeof import("./airflow");
    const airflow = new ExistingAirflow("airflow", { ...args, ...work }, opts);
    return { services: [airflow], scheduler: airflow.scheduler };
  },
});
