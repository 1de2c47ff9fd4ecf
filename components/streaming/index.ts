import type * as pulumi from "@pulumi/pulumi";

import type { OperatedLog } from "../core/capabilities";
import { Layer, type LayerArgs } from "../layer";

/** The event log between services. It needs no other layer, so that each of them may write to it. */
export class Streaming extends Layer {
  /** Undefined where the stack runs no event log. */
  readonly log: OperatedLog | undefined;

  constructor(name: string, args: LayerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:Streaming", "streaming", name, args, opts);
    this.log = this.gives.log?.[0];
    this.registerOutputs();
  }
}

/** Stream processing: changes of databases, and jobs on streams. */
export class Processing extends Layer {
  constructor(name: string, args: LayerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("streaming:Processing", "processing", name, args, opts);
    this.registerOutputs();
  }
}
