import type { Mistake } from "../../fields/mistakes";
import type { KafkaSettings } from "./settings";

/** Mistakes in Kafka's settings. */

const ODD = [1, 3, 5];

/** A quorum of two or four tolerates no more failures than one of one or three. */
export function* quorums(kafka: KafkaSettings): Generator<Mistake> {
  const role = kafka.combined ? "broker" : "controller";
  const { replicas } = kafka[role];
  if (!ODD.includes(replicas))
    yield {
      path: `lakehouse:streaming.kafka.${role}.replicas`,
      message: `given ${String(replicas)}${kafka.combined ? ", which are controllers too (combined)" : ""}; allowed: 1, 3 or 5, so that a majority is clear`,
    };
}

/** Strimzi always runs one pod of each. */
export function* singles(kafka: KafkaSettings): Generator<Mistake> {
  for (const role of ["entityOperator", "exporter"] as const) {
    if (kafka[role].replicas !== 1)
      yield {
        path: `lakehouse:streaming.kafka.${role}.replicas`,
        message: `given ${String(kafka[role].replicas)}; allowed: 1`,
      };
  }
}

/** The founding documents' sizes: brokers, and the messages per second that they take. */
const SIZING: readonly (readonly [brokers: number, messages: number])[] = [
  [3, 1_000_000],
  [10, 5_000_000],
  [50, 20_000_000],
];

/** Brokers for a load: linear interpolation between known sizes, never fewer than the first. */
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

export function* enoughBrokers(kafka: KafkaSettings): Generator<Mistake> {
  if (kafka.messagesPerSecond === undefined) return;
  const least = brokersFor(kafka.messagesPerSecond);
  if (kafka.broker.replicas < least)
    yield {
      path: "lakehouse:streaming.kafka.broker.replicas",
      message: `given ${String(kafka.broker.replicas)} for ${String(kafka.messagesPerSecond)} messages per second; allowed: at least ${String(least)}, or a smaller messagesPerSecond`,
    };
}
