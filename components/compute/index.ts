import type * as pulumi from "@pulumi/pulumi";

import type { ScheduledJob } from "../core/capabilities";
import { Layer, type LayerArgs } from "../layer";

/** Batch processing of what the stack stores. */
export class Compute extends Layer {
  /** Jobs that a scheduler can submit. */
  readonly jobs: readonly ScheduledJob[];

  constructor(name: string, args: LayerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("compute:Compute", "compute", name, args, opts);
    this.jobs = (this.gives.jobs ?? []).flatMap(({ jobs }) => jobs);
    this.registerOutputs({ jobs: this.jobs.map((job) => job.name) });
  }
}
