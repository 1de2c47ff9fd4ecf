import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import type { ScheduledJob, Scheduler, SqlEngine } from "../core/capabilities";
import type { Service } from "../core/service";
import type { Settings } from "../settings";
import { ExistingAirflow } from "./airflow";

export interface OrchestrationArgs {
  readonly platform: Platform;
  readonly settings: Settings["orchestration"];
  /** What the scheduler can submit. */
  readonly jobs: readonly ScheduledJob[];
  /** Where jobs run; undefined where the stack has none. */
  readonly jobNamespace: string | undefined;
  readonly sql: SqlEngine | undefined;
}

/** Workflows: which job runs when, after which. */
export class Orchestration extends pulumi.ComponentResource {
  readonly services: readonly Service[];
  readonly scheduler: Scheduler | undefined;

  constructor(name: string, args: OrchestrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:orchestration:Orchestration", name, {}, opts);
    const { settings, ...capabilities } = args;
    const airflow =
      settings.airflow.mode === "existing"
        ? new ExistingAirflow("airflow", { ...capabilities, settings: settings.airflow }, { parent: this })
        : undefined;
    this.services = airflow === undefined ? [] : [airflow];
    this.scheduler = airflow?.scheduler;
    this.registerOutputs();
  }
}
