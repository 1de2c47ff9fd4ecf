import type * as pulumi from "@pulumi/pulumi";

import { Layer, type LayerArgs } from "../layer";

/** Systems that watch the others. They are made last, and what they watch needs none of them. */
export class Telemetry extends Layer {
  constructor(name: string, args: LayerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("observability:Telemetry", "observability", name, args, opts);
    this.registerOutputs();
  }
}
