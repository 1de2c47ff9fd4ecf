import { maybe, system } from "../../core/system";
import { airflowPods } from "./pods";
import { airflow as settings } from "./settings";
import { monitoring } from "./monitoring";

/** Workflows by an existing Airflow: schedules and order of jobs. */
export const airflow = system({
  summary: "Workflows by an existing Airflow.",
  section: "orchestration",
  key: "airflow",
  settings,
  switch: { key: "mode", value: "existing" },
  least: { occupies: 0 },
  uses: () => [],
  needs: { jobs: maybe("jobs"), sql: maybe("sql") },
  gives: ["scheduler"],
  pods: ({ platform, settings: own }) => airflowPods(platform, own),
  monitoring: () => ({ airflow: monitoring }),
  compose: { cannot: "a stack uses an Airflow that is there already" },
  create: ({ jobs, ...args }, opts) => {
    const { ExistingAirflow } = require("./airflow") as typeof import("./airflow");
    const work = { jobs: jobs?.jobs ?? [], jobNamespace: jobs?.namespace };
    const airflow = new ExistingAirflow("airflow", { ...args, ...work }, opts);
    return { services: [airflow], scheduler: airflow.scheduler };
  },
});
