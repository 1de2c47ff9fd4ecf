import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import type { Database, EventLog, KnownTopics, ObjectStore, SqlEngine, TableCatalog } from "../core/capabilities";
import type { Service } from "../core/service";
import type { Settings } from "../settings";
import { Trino } from "./trino";

export interface QueryArgs {
  readonly platform: Platform;
  readonly settings: Settings["query"];
  readonly objects: ObjectStore;
  /** Undefined where the stack has no catalog; engines are off then. */
  readonly tables: TableCatalog | undefined;
  readonly database: Database;
  /** Undefined where the stack runs no Kafka. */
  readonly events: EventLog | undefined;
  readonly topics: KnownTopics;
}

/** SQL over everything that the stack stores. */
export class Query extends pulumi.ComponentResource {
  readonly services: readonly Service[];
  readonly sql: SqlEngine | undefined;

  constructor(name: string, args: QueryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:query:Query", name, {}, opts);
    const { settings, tables, ...capabilities } = args;
    const trino =
      settings.trino.enabled && tables !== undefined
        ? new Trino("trino", { ...capabilities, tables, settings: settings.trino }, { parent: this })
        : undefined;
    this.services = [trino].filter((service) => service !== undefined);
    this.sql = trino?.sql;
    this.registerOutputs({ url: trino?.sql.endpoint.host });
  }
}
