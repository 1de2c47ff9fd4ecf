import type * as k8s from "@pulumi/kubernetes";

import type { TopicAccess } from "../../core/capabilities";
import { fromSecret } from "../../core/env";
import type { Bucket, Notification } from "../../core/bucket";

/** Bucket notifications to Kafka: a target of the server for each topic, and rules of each bucket. Pure. */

/**
 * Directory beside the buckets on the server's first drive, with a name that no bucket can have: volumes cannot be added to a
 * StatefulSet later.
 */
const QUEUE_DIRECTORY = "/data-0/_events";
/** Events that a server keeps while a topic is unreachable, about 1 kB each; later ones are lost. */
const QUEUE_LIMIT = 100_000;

/** Topics of all notifications, unique and sorted. */
export function notifiedTopics(buckets: readonly Bucket[]): string[] {
  return [...new Set(buckets.flatMap(({ notify }) => notify.map(({ topic }) => topic)))].sort();
}

/** ID of a topic's target. The prefix keeps variables of topics apart: `SASL_` of `username-a` would be `SASL_USERNAME_` of `a`. */
const targetId = (topic: string): string => `TOPIC_${topic.toUpperCase().replaceAll("-", "_")}`;

export const targetArn = (topic: string): string => `arn:minio:sqs::${targetId(topic)}:kafka`;

/** The server's variables, a target for each topic. */
export function targetEnv(
  topics: readonly string[],
  access: TopicAccess,
): Record<string, string | k8s.types.input.core.v1.EnvVarSource> {
  const variables = (topic: string) => ({
    ENABLE: "on",
    BROKERS: access.bootstrap,
    TOPIC: topic,
    ...(access.securityProtocol === "SASL_SSL" ? { TLS: "on" } : {}),
    SASL: "on",
    SASL_MECHANISM: MECHANISMS[access.mechanism],
    SASL_USERNAME: fromSecret(access.secret, access.userKey),
    SASL_PASSWORD: fromSecret(access.secret, access.passwordKey),
    QUEUE_DIR: QUEUE_DIRECTORY,
    QUEUE_LIMIT: String(QUEUE_LIMIT),
  });
  const targets = topics.flatMap((topic) =>
    Object.entries(variables(topic)).map(
      ([name, value]) => [`MINIO_NOTIFY_KAFKA_${name}_${targetId(topic)}`, value] as const,
    ),
  );
  // An upload is acknowledged when its event is on the drive; otherwise a crash loses events in memory.
  return { MINIO_API_SYNC_EVENTS: "on", ...Object.fromEntries(targets) };
}

const MECHANISMS: Readonly<Record<TopicAccess["mechanism"], string>> = { "SCRAM-SHA-512": "sha512" };

const EVENTS: Readonly<Record<Notification["events"][number], string>> = {
  created: "s3:ObjectCreated:*",
  removed: "s3:ObjectRemoved:*",
};

export interface Queue {
  readonly id: string;
  readonly queueArn: string;
  readonly events: string[];
  readonly filterPrefix?: string;
  readonly filterSuffix?: string;
}

/** A bucket's rules as `@pulumi/minio` takes them. */
export function queues({ notify }: Bucket): Queue[] {
  return notify.map(({ topic, events, prefix, suffix }, index) => ({
    id: `${topic}-${String(index)}`,
    queueArn: targetArn(topic),
    events: [...new Set(events)].sort().map((event) => EVENTS[event]),
    ...(prefix === undefined ? {} : { filterPrefix: prefix }),
    ...(suffix === undefined ? {} : { filterSuffix: suffix }),
  }));
}
