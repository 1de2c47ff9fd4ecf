import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import type { Database, Libraries, ObjectStore, TableCatalog } from "../core/capabilities";
import type { Service } from "../core/service";
import type { Settings } from "../settings";
import type { OperatedLog } from ".";
import { Connect } from "./connect";
import { Flink } from "./flink";
import { existingFlinkOperator, FlinkOperator } from "./flink-operator";

export interface ProcessingArgs {
  readonly platform: Platform;
  readonly settings: Settings["streaming"];
  /** Undefined where the stack runs no Kafka: nothing is processed then. */
  readonly log: OperatedLog | undefined;
  readonly database: Database;
  readonly objects: ObjectStore;
  readonly libraries: Libraries;
  /** Undefined where the stack has no catalog; settings see to it that there is one when Flink is on. */
  readonly tables: TableCatalog | undefined;
}

/** What carries events from and to the other layers: changes of databases, jobs on streams. */
export class Processing extends pulumi.ComponentResource {
  readonly services: readonly Service[];

  constructor(name: string, args: ProcessingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:streaming:Processing", name, {}, opts);
    const { log } = args;
    this.services = log === undefined ? [] : [...this.connect(args, log), ...this.flink(args, log)];
    this.registerOutputs();
  }

  private connect({ platform, settings, database }: ProcessingArgs, log: OperatedLog): Service[] {
    if (!settings.connect.enabled) return [];
    const { events, operator, operators, formerParent } = log;
    const args = { platform, settings: settings.connect, events, database, operator };
    return [new Connect(args, { parent: this, aliases: [{ parent: formerParent }], dependsOn: [...operators] })];
  }

  private flink({ platform, settings, objects, tables, libraries }: ProcessingArgs, log: OperatedLog): Service[] {
    if (!settings.flink.enabled || tables === undefined) return [];
    const { events, running, formerParent } = log;
    const child = { parent: this, aliases: [{ parent: formerParent }] };
    const operator =
      settings.flink.operator === "deployed"
        ? new FlinkOperator("flink-operator", { platform, settings: settings.flink }, child)
        : undefined;
    const peer = operator?.peer() ?? existingFlinkOperator(settings.flink);
    const operators = operator === undefined ? [] : [operator];
    const after = [...operators, running];
    const args = { platform, settings: settings.flink, objects, tables, libraries, events, operator: peer, after };
    return [...operators, new Flink("flink", args, child)];
  }
}
