import type { versions } from "./versions";

/** Why a pin is not upstream's newest. */
export interface Held {
  /** The pin that the reason is about: a new pin needs a new look. */
  readonly pin: string;
  /** Upstream's newest when it was read. */
  readonly newest: string;
  /** When that was: `2026-11-28`. */
  readonly read: string;
  readonly why: string;
}

const read = "2026-11-28";

/** Pins that are held back. */
export const held: Readonly<Partial<Record<keyof typeof versions, Held>>> = {
  spark: {
    pin: "4.0.5",
    newest: "4.3.0",
    read,
    why: "4.0 is the newest line for which Iceberg and Delta have runtimes that were proven together with this metastore",
  },
  scala: { pin: "2.13", newest: "3.8", read, why: "Spark 4 is built for 2.13 only" },
  iceberg: {
    pin: "1.10.1",
    newest: "1.12.0",
    read,
    why: "1.12 is for Spark 4.1; 1.10.1 has run with Spark 4.0, Flink 2.0 and Trino through all proofs",
  },
  hadoop: { pin: "3.4.1", newest: "3.4.2", read, why: "the one that Spark 4.0 and Hive 4.2 are built with" },
  awsSdk: {
    pin: "2.24.6",
    newest: "2.54.3",
    read,
    why: "the one that Hadoop 3.4.1 is built with; only the metastore loads it, which reads no files of users",
  },
  flink: { pin: "2.0.2", newest: "2.2.0", read, why: "2.0 is the newest line with a runtime of Iceberg 1.10" },
  flinkKafka: {
    pin: "4.0.1-2.0",
    newest: "5.0.0-2.2",
    read,
    why: "5.0 is built for Flink 2.2, this one for the pinned 2.0",
  },
  flinkOperator: {
    pin: "1.15.0",
    newest: "1.16.0",
    read,
    why: "1.16 is named by one page only; the archive that has its chart was not reached",
  },
  cloudNativePg: {
    pin: "1.30.0",
    newest: "1.30.1",
    read,
    why: "the version of the chart that carries 1.30.1 was not seen; the proofs run the operator of this pin",
  },
  barmanPlugin: {
    pin: "0.13.0",
    newest: "0.14.0",
    read,
    why: "the version of the chart that carries 0.14 was not seen, and faults of its restore are open",
  },
  debezium: {
    pin: "3.6.1.Final",
    newest: "3.7.1.Final",
    read,
    why: "3.7 is built against a Kafka that Strimzi 1.2 does not have",
  },
  kafka: { pin: "4.3.1", newest: "4.4.0", read, why: "Strimzi 1.2 runs 4.2.0 to 4.3.1" },
  strimzi: { pin: "1.2.0", newest: "1.3.0-rc1", read, why: "1.3 is a release candidate" },
};
