import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { BucketKey, BucketRequest, TopicAccess } from "../core/capabilities";

/** The job: what it reads and writes, and its SQL with everything filled in but credentials. */

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

/** Where the SQL stands in the JobManager. */
export const SQL_DIRECTORY = "/opt/lakehouse/sql";
/** Where the certificate of who signed the brokers' stands in every pod. */
export const CA_DIRECTORY = "/opt/lakehouse/kafka-ca";

/** The connector brings Kafka's client under names of its own. */
const KAFKA = "org.apache.flink.kafka.shaded.org.apache.kafka.common";

/**
 * How the connector signs in. User and password are read from the environment by Kafka's client itself, in the pods: the
 * SQL is in a ConfigMap, and Flink prints it to the log.
 */
export function kafkaOptions(access: TopicAccess, group: string): Record<string, string> {
  return {
    "properties.bootstrap.servers": access.bootstrap,
    "properties.group.id": group,
    // Records of transactions that were given up are not there.
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
    /** What Iceberg's client must know besides. */
    readonly properties: Readonly<Record<string, string>>;
  };
  readonly buckets: Readonly<Record<"silver" | "gold", string>>;
  readonly topic: string;
  readonly kafka: Readonly<Record<string, string>>;
  readonly tableDefaults: Readonly<Record<string, string>>;
  /** Seconds that a record may be late and still count in its window. */
  readonly latenessSeconds: number;
}

/** The job's SQL for one stack. */
export function jobSql(template: string, facts: SqlFacts): string {
  // One day is one partition: sending each partition's rows to one writer would leave the others idle.
  const properties = { ...facts.tableDefaults, "write.distribution-mode": "none" };
  return fillIn(template, {
    restUrl: literal(facts.restUrl),
    s3Endpoint: literal(facts.s3.url),
    s3Properties: options({ "client.region": facts.s3.region, ...facts.s3.properties }, ",\n  "),
    silver: literal(facts.buckets.silver),
    gold: literal(facts.buckets.gold),
    topic: literal(facts.topic),
    latenessSeconds: String(facts.latenessSeconds),
    tableProperties: options(properties, ", "),
    kafkaOptions: options(facts.kafka, ",\n  "),
  });
}

/** Puts values where `{{name}}` stands. A name without a value, or a value that nothing asks for, is a mistake of ours. */
export function fillIn(template: string, values: Readonly<Record<string, string>>): string {
  const used = new Set<string>();
  const text = template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the SQL asks for {{${name}}}, which has no value`);
    used.add(name);
    return value;
  });
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`the SQL does not ask for ${unused.join(", ")}`);
  return text;
}

/** What stands between quotes in SQL. */
const literal = (text: string) => text.replaceAll("'", "''");

function options(entries: Readonly<Record<string, string>>, separator: string): string {
  return Object.entries(entries)
    .map(([key, value]) => `'${literal(key)}' = '${literal(value)}'`)
    .join(separator);
}

/** The repository's SQL, as it is written. */
export function jobTemplate(
  file: string,
  directory: string = join(__dirname, "..", "..", "pipelines", "flink"),
): string {
  return readFileSync(join(directory, file), "utf8");
}
