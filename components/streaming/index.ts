import * as pulumi from "@pulumi/pulumi";

import type { Platform } from "../cluster";
import type { EventLog } from "../core/capabilities";
import type { PodPeer } from "../core/endpoint";
import type { Service } from "../core/service";
import type { Settings } from "../settings";
import { Kafka } from "./kafka";
import { existingStrimzi, Strimzi } from "./strimzi";

export { Processing } from "./processing";
export { knownTopics } from "./topics";

export interface StreamingArgs {
  readonly platform: Platform;
  readonly settings: Settings["streaming"]["kafka"];
}

/** The event log and who runs it, for what works on it. */
export interface OperatedLog {
  readonly events: EventLog;
  readonly operator: PodPeer;
  /** What clients that are custom resources wait for: the operator, which brings their kinds, where it is ours. */
  readonly operators: readonly Service[];
  /** The log itself: there once its brokers are. */
  readonly running: pulumi.Resource;
  /** Whose children Connect and Flink were once: without this an update would make them anew. */
  readonly formerParent: pulumi.Resource;
}

/** Events between services: the log. It needs no other layer, so that each of them may write to it. */
export class Streaming extends pulumi.ComponentResource {
  readonly services: readonly Service[];
  /** Undefined where the stack runs no Kafka. */
  readonly log: OperatedLog | undefined;

  constructor(name: string, args: StreamingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:streaming:Streaming", name, {}, opts);
    const { platform, settings } = args;
    if (settings.enabled) {
      const child = { parent: this };
      const operators = settings.operator === "deployed" ? [new Strimzi("strimzi", { platform, settings }, child)] : [];
      const operator = operators[0]?.peer() ?? existingStrimzi(settings);
      // Custom resources wait for the operator, which brings their definitions.
      const kafka = new Kafka({ platform, settings, operator }, { ...child, dependsOn: operators });
      for (const { name: topic, partitions, retentionHours } of settings.topics) {
        const retention = retentionHours === undefined ? {} : { retentionMs: retentionHours * HOUR };
        kafka.topic(topic, { partitions, ...retention });
      }
      this.log = { events: kafka, operator, operators, running: kafka, formerParent: this };
      this.services = [...operators, kafka];
    } else this.services = [];
    this.registerOutputs();
  }
}

const HOUR = 3_600_000;
