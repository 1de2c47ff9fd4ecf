import type * as pulumi from "@pulumi/pulumi";

import { disruptionBudget } from "../../core/budget";
import type { EventLog, SearchStore } from "../../core/capabilities";
import { selector } from "../../core/labels";
import type { Platform } from "../../core/platform";
import { Service } from "../../core/service";
import * as config from "./logstash.config";
import { logstashMonitoring } from "./monitoring";
import { pins } from "./pins";
import { logstashPods } from "./pods";
import type { ElasticsearchSettings } from "./settings";

export interface LogstashArgs {
  readonly platform: Platform;
  readonly settings: ElasticsearchSettings;
  readonly events: EventLog;
  readonly search: SearchStore;
}

const SERVER = "server";

/** Logstash: writes topics of Kafka to data streams. */
export class Logstash extends Service {
  constructor(name: string, args: LogstashArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, events, search } = args;
    const { pipelines } = settings.logstash;
    const facts = { namespace: platform.namespace("storage"), pods: logstashPods(platform, settings) };
    super("storage:Logstash", name, { ...facts, monitoring: logstashMonitoring }, opts);
    const group = this.group(SERVER);
    const kafka = this.use(
      events.grant(
        this,
        pipelines.map(({ topic }) => ({ topic, level: "read" })),
      ),
    );
    const target = this.use(
      search.grant(
        this,
        [...new Set(pipelines.map(({ stream }) => `${stream.split("-")[0] ?? ""}-`))].map((prefix) => ({
          prefix,
          level: "write",
        })),
      ),
    );
    this.custom(
      name,
      { apiVersion: config.API, kind: "Logstash", metadata: this.metadata(name, SERVER, pins.logstash.version) },
      config.logstashSpec(group, settings.logstash, kafka, target),
      // Its volumes hold records whose offsets are committed.
      { dependsOn: this.parts, ...platform.dataOptions },
    );
    disruptionBudget(`${name}-${SERVER}`, group, selector(group), { parent: this }, pins.logstash.version);
    this.registerOutputs();
  }
}
