import type * as pulumi from "@pulumi/pulumi";

import type { SqlEngine } from "../core/capabilities";
import { Layer, type LayerArgs } from "../layer";

/** SQL over everything that the stack stores. */
export class Query extends Layer {
  readonly sql: SqlEngine | undefined;

  constructor(name: string, args: LayerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("query:Query", "query", name, args, opts);
    this.sql = this.gives.sql?.[0];
    this.registerOutputs({ url: this.sql?.endpoint.host });
  }
}
