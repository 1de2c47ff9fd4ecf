import { startFlinkProcess } from "../../../sandbox/engines/flink/flink";
import type { Ground } from "../../../sandbox/engines/ground";
import { startKafka } from "../../../sandbox/engines/kafka/kafka";
import { type Broken, breaks } from "../broken";
import { stage } from "./stage";

/** Sent to the running worker, which refuses a wrong connector and keeps the others. */
const connector = (ground: Ground) => stage().connect.on(ground).makeConnectors();
/** Ends with an error: the JobManager answers before it fails to plan the job. */
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
    error: /Invalid value brooker for configuration process\.roles/,
  },
  {
    what: "the plugin that a connector reads by",
    file: `${STREAMING}/kafkaconnector-source-shop.yaml`,
    from: "pgoutput",
    to: "pgoutputt",
    own: [],
    start: connector,
    error: /'plugin\.name' value is invalid/,
  },
  {
    what: "the place of a connector in the database's log",
    file: `${STREAMING}/kafkaconnector-source-shop.yaml`,
    from: "connect_shop",
    to: "connect-shop",
    own: [],
    start: connector,
    error: /'slot\.name' value is invalid/,
  },
  {
    what: "the connector of a table in the job's SQL",
    file: "manifests/lakehouse-processing/configmap-flink-sql.yaml",
    from: "'connector' = 'kafka'",
    to: "'connector' = 'kafkaa'",
    own: ["flink", "flinkLeader", "flinkBlobs", "flinkLeaderQuery", "flinkLeaderMetrics"],
    start: job,
    error: /Could not find any factory for identifier 'kafkaa'/,
  },
];

breaks(stage, CASES);
