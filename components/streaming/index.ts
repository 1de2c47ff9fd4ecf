import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import type { Database, EventLog, ObjectStore, TableCatalog } from "../core/capabilities";
import type { Service } from "../core/service";
import type { Settings } from "../settings";
import { Connect } from "./connect";
import { Flink } from "./flink";
import { existingFlinkOperator, FlinkOperator } from "./flink-operator";
import { Kafka } from "./kafka";
import { existingStrimzi, Strimzi } from "./strimzi";

export interface StreamingArgs {
  readonly platform: Platform;
  readonly settings: Settings["streaming"];
  readonly database: Database;
  readonly objects: ObjectStore;
  /** Undefined where the stack has no catalog; settings see to it that there is one when Flink is on. */
  readonly tables: TableCatalog | undefined;
}

/** Events between services. */
export class Streaming extends pulumi.ComponentResource {
  readonly services: readonly Service[];
  /** Undefined where the stack runs no Kafka. */
  readonly events: EventLog | undefined;

  constructor(name: string, args: StreamingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:streaming:Streaming", name, {}, opts);
    const { platform, settings, database } = args;
    const services: Service[] = [];
    if (settings.kafka.enabled) {
      const child = { parent: this };
      const strimzi =
        settings.kafka.operator === "deployed"
          ? new Strimzi("strimzi", { platform, settings: settings.kafka }, child)
          : undefined;
      const operator = strimzi?.peer() ?? existingStrimzi(settings.kafka);
      // Custom resources wait for the operator, which brings their definitions.
      const after = { ...child, dependsOn: strimzi === undefined ? [] : [strimzi] };
      const kafka = new Kafka({ platform, settings: settings.kafka, operator }, after);
      services.push(...(strimzi === undefined ? [] : [strimzi]), kafka);
      if (settings.connect.enabled)
        services.push(new Connect({ platform, settings: settings.connect, events: kafka, database, operator }, after));
      if (settings.flink.enabled) services.push(...this.flink(args, kafka));
      this.events = kafka;
    }
    this.services = services;
    this.registerOutputs();
  }

  private flink({ platform, settings, objects, tables }: StreamingArgs, events: Kafka): Service[] {
    if (tables === undefined) return [];
    const child = { parent: this };
    const operator =
      settings.flink.operator === "deployed"
        ? new FlinkOperator("flink-operator", { platform, settings: settings.flink }, child)
        : undefined;
    const peer = operator?.peer() ?? existingFlinkOperator(settings.flink);
    const after = [...(operator === undefined ? [] : [operator]), events];
    const args = { platform, settings: settings.flink, objects, tables, events, operator: peer, after };
    const flink = new Flink("flink", args, child);
    return [...(operator === undefined ? [] : [operator]), flink];
  }
}
