import { readFileSync } from "node:fs";
import { join } from "node:path";

import { PROJECT } from "../../core/project";
import { fillTemplate } from "../../core/render";
import type { BucketKey, BucketRequest, TopicAccess } from "../../core/capabilities";

/** The job: its topic and tables, and its SQL without credentials. */

export interface FlinkJob {
  /** A DNS-1035 label of at most 40 characters: the operator names pods and Services after it. */
  readonly name: string;
  /** In `pipelines/flink`. */
  readonly file: string;
  readonly topic: string;
  /** Consumer group; begins with the service's name, which is what the grant covers. */
  readonly group: string;
  /** Tables by bucket: the job may write below these, and nowhere else. */
  readonly writes: readonly BucketRequest[];
}

const table = (bucket: BucketKey, name: string): BucketRequest => ({ bucket, prefix: `${name}/`, level: "write" });

export const ORDERS: FlinkJob = {
  name: "flink-orders",
  file: "orders.sql",
  topic: "orders",
  group: "flink-orders",
  writes: [table("silver", "orders"), table("silver", "orders_rejected"), table("gold", "orders_per_minute")],
};

/** `silver.orders` */
export const jobTables = ({ writes }: FlinkJob): string[] =>
  writes.map(({ bucket, prefix = "" }) => `${bucket}.${prefix.replace("/", "")}`);

/** Directory of the SQL in the JobManager. */
export const SQL_DIRECTORY = "/opt/lakehouse/sql";
/** Directory of the brokers' CA certificate in every pod. */
export const CA_DIRECTORY = "/opt/lakehouse/kafka-ca";

/** Package of Kafka's client, which the connector shades. */
const KAFKA = "org.apache.flink.kafka.shaded.org.apache.kafka.common";

/**
 * Connector options for Kafka's authentication. Kafka's client reads user and password from the pod's environment: the SQL is in a
 * ConfigMap, and Flink logs it.
 */
export function kafkaOptions(access: TopicAccess, group: string): Record<string, string> {
  return {
    "properties.bootstrap.servers": access.bootstrap,
    "properties.group.id": group,
    // Records of aborted transactions are not read.
    "properties.isolation.level": "read_committed",
    "properties.security.protocol": access.securityProtocol,
    "properties.sasl.mechanism": access.mechanism,
    "properties.config.providers": "env",
    "properties.config.providers.env.class": `${KAFKA}.config.provider.EnvVarConfigProvider`,
    "properties.sasl.jaas.config": `${KAFKA}.security.scram.ScramLoginModule required username="\${env:KAFKA_USERNAME}" password="\${env:KAFKA_PASSWORD}";`,
    ...(access.ca === undefined
      ? {}
      : {
          "properties.ssl.truststore.type": "PEM",
          "properties.ssl.truststore.location": `${CA_DIRECTORY}/${access.ca.key}`,
        }),
  };
}

export interface SqlFacts {
  readonly restUrl: string;
  readonly s3: {
    readonly url: string;
    readonly region: string;
    /** Further properties of Iceberg's S3 client. */
    readonly properties: Readonly<Record<string, string>>;
  };
  readonly buckets: Readonly<Record<"silver" | "gold", string>>;
  readonly topic: string;
  readonly kafka: Readonly<Record<string, string>>;
  /** Properties of a table: `silver.orders`. */
  readonly tableDefaults: (table: string) => Readonly<Record<string, string>>;
  /** Seconds that a record may be late and still count in its window. */
  readonly latenessSeconds: number;
}

/** The job's SQL for one stack. */
export function jobSql(template: string, facts: SqlFacts): string {
  return fillTemplate("the SQL", template, {
    restUrl: literal(facts.restUrl),
    s3Endpoint: literal(facts.s3.url),
    s3Properties: options({ "client.region": facts.s3.region, ...facts.s3.properties }, ",\n  "),
    silver: literal(facts.buckets.silver),
    gold: literal(facts.buckets.gold),
    topic: literal(facts.topic),
    latenessSeconds: String(facts.latenessSeconds),
    ...Object.fromEntries(
      jobTables(ORDERS).map((table) => [
        `${table.replace(".", "_")}_properties`,
        // One day is one partition: one writer for each partition would leave the other writers idle.
        options({ ...facts.tableDefaults(table), "write.distribution-mode": "none" }, ", "),
      ]),
    ),
    kafkaOptions: options(facts.kafka, ",\n  "),
  });
}

/** Content of a quoted literal in SQL. */
const literal = (text: string) => text.replaceAll("'", "''");

function options(entries: Readonly<Record<string, string>>, separator: string): string {
  return Object.entries(entries)
    .map(([key, value]) => `'${literal(key)}' = '${literal(value)}'`)
    .join(separator);
}

/** The repository's SQL, as it is written. */
export function jobTemplate(file: string, directory: string = join(PROJECT, "pipelines", "flink")): string {
  return readFileSync(join(directory, file), "utf8");
}
