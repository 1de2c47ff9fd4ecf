import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { OperatedLog } from "../../core/capabilities";
import { isSecure } from "../../core/endpoint";
import { credentialsEnv } from "../../core/env";
import { tagOf } from "../../core/image";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import * as config from "./config";
import { deadLetterMonitoring } from "./monitoring";
import { knativePods } from "./pods";
import { CLUSTER_LOCAL, openToServing, serviceSpec, SERVING } from "./serving";
import type { KnativeSettings } from "./settings";

export interface DeadLettersArgs extends Facts<KnativeSettings> {
  readonly log: OperatedLog;
}

const DAY_MS = 86_400_000;
const SECONDS = 60;

/** Keeps events that no try could finish, in a topic of their own. It needs Kafka alone, where they come from. */
export class DeadLetters extends Service {
  constructor({ platform, settings, log }: DeadLettersArgs, opts?: pulumi.ComponentResourceOptions) {
    const service = config.DEAD_LETTERS;
    const pods = knativePods(platform, settings).filter((group) => group.service === service);
    const namespace = platform.namespace("functions");
    super("streaming:DeadLetters", service, { namespace, pods, monitoring: deadLetterMonitoring }, opts);
    const topic = log.events.topic(service, { partitions: 1, retentionMs: settings.deadLetters.days * DAY_MS });
    const kafka = this.use(log.events.grant(this, [{ topic, level: "write" }]));
    openToServing(this, settings);
    const group = this.group(service);
    const { image = "" } = settings;
    const account = new k8s.core.v1.ServiceAccount(
      service,
      { metadata: this.metadata(service, service), automountServiceAccountToken: false },
      { parent: this },
    );
    const version = tagOf(image);
    const metadata = this.metadata(service, service, version);
    const main = {
      name: "dead-letters",
      image,
      args: ["--dead-letters", topic],
      env: {
        CLEANING_KAFKA: kafka.bootstrap,
        ...(isSecure(kafka.endpoint) ? { CLEANING_KAFKA_SECURITY: kafka.securityProtocol } : {}),
        ...credentialsEnv(kafka, "CLEANING_KAFKA_USER", "CLEANING_KAFKA_PASSWORD"),
      },
    };
    this.custom(
      service,
      { ...SERVING, metadata: { ...metadata, labels: { ...metadata.labels, ...CLUSTER_LOCAL } }, ready: true },
      serviceSpec(
        { group, version, main, mounts: [], token: false, annotations: {} },
        { least: 0, most: 1, concurrency: 10, seconds: SECONDS },
      ),
      { dependsOn: [account, ...this.parts] },
    );
    this.registerOutputs();
  }
}
