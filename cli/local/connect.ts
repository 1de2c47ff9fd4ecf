import type { Login, Ports } from "../../sandbox/engines/local/home";
import { commandName } from "./tables";

export interface Place {
  readonly ports: Ports;
  readonly logins: readonly Login[];
}

/** Addresses, and the object store key that may write tables, for the settings of clients. */
interface Access {
  readonly trino: number;
  readonly s3: string;
  readonly rest: string;
  readonly thrift: string;
  readonly postgres: number;
  readonly key: string;
  readonly secret: string;
}

interface ClientSettings {
  readonly what: string;
  /** Command or artefact that installs the client. */
  readonly install: string;
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
    what: "JDBC: the URL and the driver's class",
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

export type Client = keyof typeof clients;

/** The service whose key clients get. It may write tables in all layers, but delete nothing in bronze. */
const SERVICE = "spark-s3";

/** @param show prints passwords; otherwise a placeholder says how to get them */
export function connect(client: Client, { ports, logins }: Place, show: boolean): string {
  const { what, install, text }: ClientSettings = clients[client];
  const login = logins.find(({ name }) => name === SERVICE);
  const hidden = "<--show-credentials>";
  const settings = text({
    trino: ports.trino,
    postgres: ports.postgres,
    s3: `http://127.0.0.1:${ports.s3}`,
    rest: `http://127.0.0.1:${ports.rest}/iceberg`,
    thrift: `thrift://127.0.0.1:${ports.thrift}`,
    key: login?.user ?? "",
    secret: show ? (login?.password ?? "") : hidden,
  });
  const more = settings.includes(hidden)
    ? `# ${commandName()} local connect ${client} --show-credentials prints the password\n`
    : "";
  return `# ${what} (${install})\n${more}${settings}`;
}

/** The section of docs/local.md with the settings of all clients, at the default ports. */
export function connectSection(ports: Ports): string {
  const logins = [{ name: SERVICE, user: "spark", password: "" }];
  return (Object.keys(clients) as Client[])
    .map((client) => {
      const [title = "", ...lines] = connect(client, { ports, logins }, false).split("\n");
      const settings = lines.filter((line) => !line.startsWith("#")).join("\n");
      return `**${client}**: ${title.replace("# ", "")}\n\`\`\`\n${settings}\`\`\`\n`;
    })
    .join("\n");
}
