import { startFlinkProcess } from "../../../sandbox/engines/flink";
import type { Ground } from "../../../sandbox/engines/ground";
import { startKafka } from "../../../sandbox/engines/kafka";
import { type Broken, breaks } from "../broken";
import { stage } from "./stage";

/** Told to the worker that runs: it refuses what it cannot run, and goes on with what it has. */
const connector = (ground: Ground) => stage().connect.on(ground).makeConnectors();
/** A job that cannot be planned ends its JobManager, which answers before that. */
const job = async (ground: Ground, name: string) => {
  const engine = await startFlinkProcess(ground, "jobManager", name, "Never");
  throw new Error(`ended with ${await engine.ended}`);
};

const STREAMING = "manifests/lakehouse-streaming";

const CASES: readonly Broken[] = [
  {
    what: "a role of Kafka's nodes",
    file: `${STREAMING}/kafkanodepool-combined.yaml`,
    from: "broker",
    to: "brooker",
    own: ["kafka", "kafkaPlain", "kafkaControl", "kafkaReplication", "kafkaMetrics"],
    start: startKafka,
    says: /Invalid value brooker for configuration process\.roles/,
  },
  {
    what: "the plugin that a connector reads by",
    file: `${STREAMING}/kafkaconnector-source-shop.yaml`,
    from: "pgoutput",
    to: "pgoutputt",
    own: [],
    start: connector,
    says: /'plugin\.name' value is invalid/,
  },
  {
    what: "the place of a connector in the database's log",
    file: `${STREAMING}/kafkaconnector-source-shop.yaml`,
    from: "connect_shop",
    to: "connect-shop",
    own: [],
    start: connector,
    says: /'slot\.name' value is invalid/,
  },
  {
    what: "the connector of a table in the job's SQL",
    file: "manifests/lakehouse-processing/configmap-flink-sql.yaml",
    from: "'connector' = 'kafka'",
    to: "'connector' = 'kafkaa'",
    own: ["flink", "flinkLeader", "flinkBlobs", "flinkLeaderQuery", "flinkLeaderMetrics"],
    start: job,
    says: /Could not find any factory for identifier 'kafkaa'/,
  },
];

breaks(stage, CASES);
