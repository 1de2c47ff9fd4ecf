import * as pulumi from "@pulumi/pulumi";

import type { EventLog } from "../core/capabilities";
import type { Service } from "../core/service";

export type StreamingArgs = Readonly<Record<string, never>>;

/** Events between services. */
export class Streaming extends pulumi.ComponentResource {
  readonly services: readonly Service[] = [];
  readonly events: EventLog | undefined = undefined;

  constructor(name: string, _args: StreamingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:streaming:Streaming", name, {}, opts);
    this.registerOutputs();
  }
}
