import { pins } from "../../../components/pins";
import { BIND, FOLDER, ONE_MACHINE } from "../allowance";
import { description } from "../description";

/** Plugins that the rendered catalogs, the tests (Hive: of Presto), Trino's start or the spooling of results need. */
const TRINO_PLUGINS = [
  "clickhouse",
  "delta-lake",
  "druid",
  "geospatial",
  "hive",
  "iceberg",
  "jmx",
  "kafka",
  "mariadb",
  "memory",
  "opensearch",
  "password-authenticators",
  "postgresql",
  "redis",
  "resource-group-managers",
  "spooling-filesystem",
  "tpcds",
  "tpch",
];

const GENERATOR =
  "in `lakehouse local` the TPC-H generator holds 300 MiB of a worker's heap, which Trino does not count as a query's memory; no stack has the generator";

export const trino = description({
  artefacts: {
    trino: {
      what: "Trino",
      version: "476",
      from: {
        kind: "maven",
        coordinates: "io.trino:trino-server:476:tar.gz",
        unpack: { keep: { plugin: TRINO_PLUGINS } },
      },
      standsFor: {
        version: pins.trino.version,
        why: "476 is the last server archive on Maven Central; a setting of the stack renders the files for it",
      },
    },
  },
  proofs: [
    {
      system: "Trino",
      from: "all files of the four ConfigMaps, and both Deployments' variables: a coordinator and a worker",
      seen: [
        "Trino has the rendered catalogs",
        "Trino reads tables that Spark wrote, and each appends to the other's table",
        "a join of Iceberg and PostgreSQL gives the TPC-H generator's rows",
        "of eight simultaneous pipeline queries five run at a time, the limit of their resource group, and all are correct",
        "only the shutdown user can end a node, and the generated data is read-only",
        "a Trino worker crashes: its query fails or is correct, and the next query is correct",
        "has a startup probe that succeeds once the node accepts work, and fails while it starts or is down",
        "is drained before it ends: its running query succeeds, then the process exits",
        "trino: the engine exposes them, or they are listed with their source",
      ],
    },
    {
      system: "Trino with sign-in",
      from: "files of the coordinator, Secrets with users, rules and logins, the Certificate, by openssl: a coordinator and a worker on the same catalog and stores. A library of Python makes the hashes of Pulumi's provider",
      seen: [
        "are none without a password, by a wrong one, by another's, or in another's name",
        "are none by plain HTTP, on any path but what tells that it lives",
        "bound rows and values, also within joins, views' sources, statistics and a table's own metadata",
        "end at what others have: schemas, catalogs, queries, functions of another database",
        "of who reads metrics are these alone, and nobody else reads them",
        "change with their Secret while queries run: a person comes, another has a new password, a third has gone",
      ],
    },
    {
      system: "Trino with an issuer",
      from: "the same with `catalog.identity: deployed`, beside Keycloak from its rendered files on the real PostgreSQL, in Chromium. A file of hosts stands in for DNS, openssl for cert-manager",
      seen: [
        "takes a person's token, and gives the person the rights of the settings",
        "takes no token that is changed or of another's making, and no password of a person",
        "lets programs in by their passwords as before",
        "sends a browser to Keycloak's page, and shows queries to who comes back",
      ],
    },
    {
      system: "Trino behind a gateway",
      from: "a coordinator with `doors.trino`, and the Certificate of the door, by openssl. nginx stands in for the gateway, with the headers that gateways send",
      seen: [
        "sends browsers to its own pages by the door's name, and clients to the next page of a result",
        "is shut where the settings open none: Trino refuses what came by a proxy",
      ],
    },
    {
      system: "Trino over Kafka",
      from: "the catalog, the client's file and the tables' descriptions, Trino's KafkaUser; `pipelines/sql/merge_changes.sql`",
      seen: [
        "have every record with its partition, offset, key and text",
        "have a change's row before, row after and position in the database's log as columns",
        "have the columns of the settings, which are null for a record that is not JSON",
        "are read-only in SQL, and Trino's user can read no other topics",
        "give a table that equals the database's, and the same after a second run",
        "follow inserts, updates, deletes, and inserts after a delete",
        "can be joined with PostgreSQL and with their own history in one query",
        "ignore older changes that are sent again, of existing and of deleted rows",
        "ignore records that are not JSON or not a change",
      ],
    },
  ],
  allowed: [
    { file: /^trino-\w+\/config\.properties$/, key: /^discovery\.uri$/, kind: "endpoint", why: ONE_MACHINE },
    { file: /^trino-\w+\/config\.properties$/, key: /^http-server\.https?\.port$/, kind: "port", why: ONE_MACHINE },
    { file: /^trino-\w+\/config\.properties$/, key: /^spiller-spill-path$/, kind: "path", why: FOLDER },
    {
      file: /^trino-\w+\/config\.properties$/,
      key: /^protocol\.spooling\./,
      kind: "added",
      why: "`lakehouse local` spools large results to the object store; no stack has a bucket for them",
    },
    {
      file: /^trino-\w+\/config\.properties$/,
      key: /^query\.max-memory(-per-node)?$/,
      kind: "smaller",
      why: GENERATOR,
    },
    {
      file: /^trino-worker\/config\.properties$/,
      key: /^memory\.heap-headroom-per-node$/,
      kind: "larger",
      why: GENERATOR,
    },
    {
      file: /^trino-coordinator\/config\.properties$/,
      key: /^node-scheduler\.include-coordinator$/,
      kind: "left out",
      why: "a coordinator alone writes the tables that Presto reads",
    },
    {
      file: /^trino-\w+\/(config|password-authenticator)\.properties$/,
      key: /^(http-server\.https\.keystore\.path|file\.password-file)$/,
      kind: "path",
      why: FOLDER,
    },
    { file: /^trino-\w+\/node\.properties$/, key: /^node\.data-dir$/, kind: "path", why: FOLDER },
    { file: /^trino-\w+\/node\.properties$/, key: /^node\.(bind-ip|internal-address)$/, kind: "added", why: BIND },
    {
      file: /^trino-\w+\/(access-control|resource-groups)\.properties$/,
      key: /^(security|resource-groups)\.config-file$/,
      kind: "path",
      why: FOLDER,
    },
    {
      file: /^trino-\w+\/jvm\.config$/,
      key: /^-agentpath:$/,
      kind: "left out",
      why: "libjvmkill is only in Trino's image, not in its archive",
    },
    {
      file: /^trino-\w+\/catalog\/[\w-]+\.properties$/,
      key: /^(hive\.metastore\.uri|iceberg\.rest-catalog\.uri|s3\.endpoint|connection-url|kafka\.nodes)$/,
      kind: "endpoint",
      why: ONE_MACHINE,
    },
    { file: /^trino-\w+\/catalog\/[\w-]+\.properties$/, key: /^fs\.cache\.directories$/, kind: "path", why: FOLDER },
    {
      file: /^trino-\w+\/catalog\/kafka\.properties$/,
      key: /^kafka\.(table-description-dir|config\.resources)$/,
      kind: "path",
      why: FOLDER,
    },
    {
      file: /^trino-\w+\/catalog\/valkey\.properties$/,
      key: /^redis\.table-description-dir$/,
      kind: "path",
      why: FOLDER,
    },
    {
      file: /^trino-\w+\/catalog\/tpch\.properties$/,
      key: /^connector\.name$/,
      kind: "added",
      why: "the catalog generates the tests' known data; no stack has it",
    },
    {
      file: /^trino-\w+\/rules\.json$/,
      key: /^catalogs$/,
      kind: "added",
      why: "the tests may read the generated data, as an additional rule after the rendered ones",
    },
  ],
  absent: [
    ["Trino's agent that ends a JVM out of memory", "libjvmkill is only in Trino's image"],
    [
      "a full disk under Trino's spill folder",
      "the dev stack's worker is too small for the proof: an aggregation that exceeds its memory ends it even with free disk space, and a smaller one does not spill",
    ],
  ],
});
