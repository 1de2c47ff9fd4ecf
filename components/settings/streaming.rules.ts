import type { Rule } from "./rules";

/** Rules over the settings of the streaming layer. */

const ODD = [1, 3, 5];

/** A quorum of two, or of four, tolerates no more than one of one, or of three. */
export const quorums: Rule = function* ({ streaming: { kafka } }) {
  if (!kafka.enabled) return;
  const role = kafka.combined ? "broker" : "controller";
  const { replicas } = kafka[role];
  if (!ODD.includes(replicas))
    yield {
      path: `lakehouse:streaming.kafka.${role}.replicas`,
      message: `given ${String(replicas)}${kafka.combined ? ", which are controllers too (combined)" : ""}; allowed: 1, 3 or 5, so that a majority is clear`,
    };
};

/** Strimzi runs one pod of each, whatever is asked for. */
export const singles: Rule = function* ({ streaming: { kafka } }) {
  for (const role of ["entityOperator", "exporter"] as const) {
    if (kafka[role].replicas !== 1)
      yield {
        path: `lakehouse:streaming.kafka.${role}.replicas`,
        message: `given ${String(kafka[role].replicas)}; allowed: 1`,
      };
  }
};

/** The founding documents' sizes: brokers, and the messages a second that they take. */
const SIZING: readonly (readonly [brokers: number, messages: number])[] = [
  [3, 1_000_000],
  [10, 5_000_000],
  [50, 20_000_000],
];

/** Brokers for a load: the sizes that are known, and straight lines between them; never fewer than the first. */
export function brokersFor(messagesPerSecond: number): number {
  let [brokers, messages] = SIZING[0] ?? [1, 0];
  for (const [nextBrokers, nextMessages] of SIZING.slice(1)) {
    if (messagesPerSecond <= messages) break;
    const share = Math.min(1, (messagesPerSecond - messages) / (nextMessages - messages));
    // A share that ends just above a whole broker by rounding does not need one more.
    const needed = Math.ceil(Number((brokers + share * (nextBrokers - brokers)).toFixed(6)));
    if (share < 1) return needed;
    [brokers, messages] = [nextBrokers, nextMessages];
  }
  return brokers;
}

export const enoughBrokers: Rule = function* ({ streaming: { kafka } }) {
  if (!kafka.enabled || kafka.messagesPerSecond === undefined) return;
  const least = brokersFor(kafka.messagesPerSecond);
  if (kafka.broker.replicas < least)
    yield {
      path: "lakehouse:streaming.kafka.broker.replicas",
      message: `given ${String(kafka.broker.replicas)} for ${String(kafka.messagesPerSecond)} messages a second; allowed: at least ${String(least)}, or a smaller messagesPerSecond`,
    };
};

export const connectNeedsKafka: Rule = function* ({ streaming: { kafka, connect } }) {
  if (connect.enabled && !kafka.enabled)
    yield {
      path: "lakehouse:streaming.connect.enabled",
      message: "given true while lakehouse:streaming.kafka.enabled is false; allowed: Kafka on, or this off",
    };
  const seen = new Set<string>();
  for (const [index, { database }] of connect.sources.entries()) {
    if (seen.has(database))
      yield {
        path: `lakehouse:streaming.connect.sources[${String(index)}].database`,
        message: `given "${database}", which is in the list already; allowed: each database once`,
      };
    seen.add(database);
  }
};

/** Kubernetes mounts images as volumes by default from 1.35 on. */
export const imageVolumes: Rule = function* ({ streaming: { connect }, cluster: { kubernetes } }) {
  if (connect.enabled && connect.image === undefined && kubernetes === "1.34")
    yield {
      path: "lakehouse:streaming.connect.image",
      message:
        'missing while lakehouse:cluster.kubernetes is "1.34", which mounts no images as volumes; allowed: an image that has Debezium\'s plugin, or Kubernetes 1.35 or newer',
    };
};
