import type * as pulumi from "@pulumi/pulumi";

import type { TableCatalog } from "../core/capabilities";
import { Layer, type LayerArgs } from "../layer";

/** The table catalog. */
export class Catalog extends Layer {
  readonly tables: TableCatalog | undefined;

  constructor(name: string, args: LayerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("catalog:Catalog", "catalog", name, args, opts);
    this.tables = this.gives.tables?.[0];
    this.registerOutputs({ rest: this.tables?.restUrl });
  }
}
