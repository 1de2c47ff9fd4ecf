import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import type { Database, Libraries, ObjectStore, TableCatalog } from "../core/capabilities";
import type { Service } from "../core/service";
import type { Settings } from "../settings";
import { HiveMetastore } from "./hive-metastore";

export interface CatalogArgs {
  readonly platform: Platform;
  readonly settings: Settings["catalog"];
  readonly objects: ObjectStore;
  readonly database: Database;
  readonly libraries: Libraries;
}

/** What tables there are, where they stand, and who is changing them. */
export class Catalog extends pulumi.ComponentResource {
  readonly services: readonly Service[];
  readonly tables: TableCatalog | undefined;

  constructor(name: string, args: CatalogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:catalog:Catalog", name, {}, opts);
    const { settings, ...capabilities } = args;
    const metastore = settings.hiveMetastore.enabled
      ? new HiveMetastore("hive-metastore", { ...capabilities, settings: settings.hiveMetastore }, { parent: this })
      : undefined;
    this.services = metastore === undefined ? [] : [metastore, metastore.tasks];
    this.tables = metastore?.tables;
    this.registerOutputs({ rest: metastore?.tables.restUrl });
  }
}
