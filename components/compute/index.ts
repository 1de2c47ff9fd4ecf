import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import type { Libraries, ObjectStore, ScheduledJob, TableCatalog } from "../core/capabilities";
import type { Service } from "../core/service";
import type { Settings } from "../settings";
import { Spark } from "./spark";
import { SparkOperator } from "./spark-operator";

export interface ComputeArgs {
  readonly platform: Platform;
  readonly settings: Settings["compute"];
  readonly objects: ObjectStore;
  readonly libraries: Libraries;
  /** Undefined where the stack has no catalog; settings see to it that there is one when Spark is on. */
  readonly tables: TableCatalog | undefined;
  /** No scheduler submits the jobs. */
  readonly unattended: boolean;
}

/** Batch processing of what the stack stores. */
export class Compute extends pulumi.ComponentResource {
  readonly services: readonly Service[];
  /** What a scheduler can submit. */
  readonly jobs: readonly ScheduledJob[];
  /** Where jobs are submitted. */
  readonly namespace: string;

  constructor(name: string, args: ComputeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:compute:Compute", name, {}, opts);
    const { settings, platform, objects, tables, libraries, unattended } = args;
    const child = { parent: this };
    this.namespace = platform.namespace("compute");
    if (settings.spark.enabled && tables !== undefined) {
      const operator = new SparkOperator("spark-operator", { platform, settings: settings.spark }, child);
      const spark = new Spark(
        "spark",
        { platform, settings: settings.spark, objects, tables, operator, libraries, unattended },
        child,
      );
      this.services = [operator, spark];
      this.jobs = spark.jobs;
    } else {
      this.services = [];
      this.jobs = [];
    }
    this.registerOutputs({ jobs: this.jobs.map((job) => job.name) });
  }
}
