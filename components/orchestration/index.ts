import type * as pulumi from "@pulumi/pulumi";

import type { Scheduler } from "../core/capabilities";
import { Layer, type LayerArgs } from "../layer";

/** Workflows: schedules and order of jobs. */
export class Orchestration extends Layer {
  readonly scheduler: Scheduler | undefined;

  constructor(name: string, args: LayerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("orchestration:Orchestration", "orchestration", name, args, opts);
    this.scheduler = this.gives.scheduler?.[0];
    this.registerOutputs();
  }
}
