import { remote } from "../../components/compute/spark-connect/config";
import { Refused } from "../../sandbox/engines/local/refused";

/** Addresses and sign-ins, for the settings of clients. Passwords are placeholders unless they are asked for. */
export interface Access {
  readonly trino: number;
  readonly s3: string;
  readonly rest: string;
  readonly postgres: number;
  /** The object store key that may write tables in all layers, and delete nothing in bronze. */
  readonly key: string;
  readonly secret: string;
  readonly superuser: string;
  readonly superuserPassword: string;
  readonly spark: string;
  readonly sparkToken: string;
  readonly kafka: string;
  /** Folder of Kafka's certificates. */
  readonly certificates: string;
}

export interface ClientSettings {
  readonly what: string;
  /** Command or artefact that installs the client. */
  readonly install: string;
  /** The part that it needs. @default none */
  readonly part?: string;
  readonly text: (access: Access) => string;
}

/** Settings by client. docs/local.md is generated from them too. */
export const clients = {
  pyiceberg: {
    what: "PyIceberg: ~/.pyiceberg.yaml",
    install: 'pip install "pyiceberg[pyarrow]"',
    // The catalog returns the endpoint of the object store.
    text: ({ rest, key, secret }) => `catalog:
  lakehouse:
    type: rest
    uri: ${rest}
    s3.access-key-id: ${key}
    s3.secret-access-key: ${secret}
`,
  },
  dbt: {
    what: "dbt: ~/.dbt/profiles.yml",
    install: "pip install dbt-core dbt-trino",
    text: ({ trino }) => `lakehouse:
  target: local
  outputs:
    local:
      type: trino
      method: none
      host: 127.0.0.1
      port: ${trino}
      http_scheme: http
      user: dbt
      database: lakehouse
      schema: dbt
      threads: 2
`,
  },
  spark: {
    what: "Spark: spark-defaults.conf",
    install:
      "spark-submit --packages org.apache.iceberg:iceberg-spark-runtime-<Spark>_<Scala>:<version>,org.apache.iceberg:iceberg-aws-bundle:<version>",
    text: ({
      rest,
      s3,
      key,
      secret,
    }) => `spark.sql.extensions                        org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions
spark.sql.catalog.lakehouse                 org.apache.iceberg.spark.SparkCatalog
spark.sql.catalog.lakehouse.type            rest
spark.sql.catalog.lakehouse.uri             ${rest}
spark.sql.catalog.lakehouse.io-impl         org.apache.iceberg.aws.s3.S3FileIO
spark.sql.catalog.lakehouse.s3.endpoint     ${s3}
spark.sql.catalog.lakehouse.s3.path-style-access true
spark.sql.catalog.lakehouse.s3.access-key-id ${key}
spark.sql.catalog.lakehouse.s3.secret-access-key ${secret}
spark.sql.catalog.lakehouse.client.region   us-east-1
spark.sql.defaultCatalog                    lakehouse
`,
  },
  jdbc: {
    what: "JDBC, and DBeaver by New Connection, Trino, URL: the URL and the driver's class",
    install: "the jar io.trino:trino-jdbc",
    text: ({ trino }) => `jdbc:trino://127.0.0.1:${trino}/lakehouse?user=me
io.trino.jdbc.TrinoDriver
`,
  },
  sqlalchemy: {
    what: "SQLAlchemy: the URL",
    install: 'pip install "trino[sqlalchemy]"',
    text: ({ trino }) => `trino://me@127.0.0.1:${trino}/lakehouse
`,
  },
  superset: {
    what: "Superset: Settings, Database Connections, + Database, Trino: SQLAlchemy URI",
    install: "pip install trino in Superset's environment",
    text: ({ trino }) => `trino://superset@127.0.0.1:${trino}/lakehouse
`,
  },
  trino: {
    what: "Trino's Python client: a connection",
    install: "pip install trino",
    text: ({ trino }) => `import trino
connection = trino.dbapi.connect(host="127.0.0.1", port=${trino}, user="me", catalog="lakehouse")
`,
  },
  pyspark: {
    what: "Spark Connect's Python client: a variable of the environment, for SparkSession.builder.getOrCreate()",
    install: "pip install pyspark-client==4.0.4",
    part: "spark",
    text: ({ spark, sparkToken }) => `export SPARK_REMOTE='${remote(spark, sparkToken)}'
`,
  },
  duckdb: {
    what: "DuckDB: statements",
    install: "pip install duckdb",
    text: ({ rest, s3, key, secret }) => `install iceberg;
load iceberg;
create secret store (type s3, key_id '${key}', secret '${secret}', endpoint '${s3.replace("http://", "")}', region 'us-east-1', url_style 'path', use_ssl false);
attach '' as lakehouse (type iceberg, endpoint '${rest}', authorization_type 'none');
`,
  },
  psql: {
    what: "psql, and others over libpq: variables of the environment",
    install: "apt install postgresql-client",
    text: ({ postgres, superuser, superuserPassword }) => `export PGHOST=127.0.0.1
export PGPORT=${postgres}
export PGDATABASE=analytics
export PGUSER=${superuser}
export PGPASSWORD=${superuserPassword}
`,
  },
  kafka: {
    what: "Kafka's Java clients and tools: client.properties, with all rights",
    install: "kafka-console-consumer.sh --command-config client.properties",
    part: "kafka",
    text: ({ kafka, certificates }) => `bootstrap.servers=${kafka}
security.protocol=SSL
ssl.keystore.type=PEM
ssl.keystore.location=${certificates}/cluster-operator.pem
ssl.truststore.type=PEM
ssl.truststore.location=${certificates}/ca.crt
`,
  },
  librdkafka: {
    what: "confluent-kafka, kcat and others over librdkafka: properties, with all rights",
    install: "pip install confluent-kafka",
    part: "kafka",
    text: ({ kafka, certificates }) => `bootstrap.servers=${kafka}
security.protocol=ssl
ssl.key.location=${certificates}/cluster-operator.pem
ssl.certificate.location=${certificates}/cluster-operator.pem
ssl.ca.location=${certificates}/ca.crt
`,
  },
  mc: {
    what: "MinIO's client: a variable of the environment, for 'mc ls lakehouse'",
    install: "go install github.com/minio/mc@latest",
    text: ({ s3, key, secret }) => `export MC_HOST_lakehouse=${s3.replace("http://", `http://${key}:${secret}@`)}
`,
  },
  s3: {
    what: "boto3, aws-cli, DuckDB and others over S3: variables of the environment",
    install: "pip install boto3",
    text: ({ s3, key, secret }) => `export AWS_ENDPOINT_URL_S3=${s3}
export AWS_REGION=us-east-1
export AWS_ACCESS_KEY_ID=${key}
export AWS_SECRET_ACCESS_KEY=${secret}
`,
  },
} as const satisfies Record<string, ClientSettings>;

/** Settings of a client. @throws Refused for one that there is not */
export function clientNamed(name: string): ClientSettings {
  const found = (clients as Readonly<Record<string, ClientSettings>>)[name];
  if (found === undefined || !Object.hasOwn(clients, name))
    throw new Refused(`${name}: allowed: ${Object.keys(clients).join(", ")}`);
  return found;
}
