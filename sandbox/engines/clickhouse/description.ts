import { ONE_MACHINE } from "../allowance";
import { description } from "../description";

const AS_DEFAULT =
  "the library signs in as `default` without a password, so each of the stack's users is renamed to it in turn";
const NO_CLUSTER = "the library runs neither distributed statements nor replication";
const NO_TOPICS = "the library has no consumer of topics; a table of engine Null feeds the same views";

export const clickhouse = description({
  artefacts: {},
  proofs: [
    {
      system: "ClickHouse",
      from: "configuration and users' Secret of the installation, statements and scripts of the tasks, with MinIO and the stack's users there; by ClickHouse's engine as a library (chdb 26.9, of the readers' environment), which stands for the server 26.3",
      seen: [
        "loads the rendered configuration of a server, with a bucket as the disk of its tables",
        "has databases and tables of topics after the setup task, and the same ones after a second run",
        "adds records of a topic to its table, and keeps invalid records beside it with the reason",
        "gives the stack's own tasks the rights that the settings need, and no others",
        "gives SQL engines access to the databases that the settings open, and to nothing else",
        "limits memory and time of a client's statement, and loads the quota of each user",
        "rejects a wrong password, and has no password in mounted files or in the process list",
        "accepts the next generation before its first pod starts, and rejects an ended one",
        "stores rows as objects below its own prefix, and has access to no other prefix",
        "keeps acknowledged rows when it is killed, and reads them without its cache",
        "copies all databases by the backup task: in full, then incrementally, and in full again after a broken copy",
        "has every event and metric that alerts and panels of a server use",
        "parses every statement of the runbooks",
      ],
    },
    {
      system: "Iceberg tables in ClickHouse",
      from: "the setup task of the installation, beside the catalog and the object store of the other engines; by the same library",
      seen: [
        "have the totals that Trino has, also after Trino has changed them",
        "are not changed through it",
        "show no key of their files to who reads how the database was made",
        "are read with the next generation of keys once the setup has run with it",
      ],
    },
  ],
  allowed: [
    { file: /^clickhouse\/lakehouse\.xml$/, key: /^(endpoint|url)$/, kind: "endpoint", why: ONE_MACHINE },
    { file: /^clickhouse\/users\.xml$/, key: /^users\/default$/, kind: "added", why: AS_DEFAULT },
    {
      file: /^clickhouse\/users\.xml$/,
      key: /^users\/([a-z0-9-]+|default\/password_sha256_hex)$/,
      kind: "left out",
      why: AS_DEFAULT,
    },
    {
      file: /^clickhouse\/users\.xml$/,
      key: /^profiles\/default$/,
      kind: "added",
      why: "the image's file has it, with the settings of the installation",
    },
    { file: /^clickhouse\/setup\.sql$/, key: /^(ON CLUSTER|ENGINE = Replicated)$/, kind: "left out", why: NO_CLUSTER },
    { file: /^clickhouse\/(setup\.sql|backup)$/, key: /^address$/, kind: "endpoint", why: ONE_MACHINE },
    { file: /^clickhouse\/setup\.sql$/, key: /^ENGINE = Kafka$/, kind: "left out", why: NO_TOPICS },
    { file: /^clickhouse\/setup\.sql$/, key: /^columns of a topic's record$/, kind: "added", why: NO_TOPICS },
    { file: /^clickhouse\/backup$/, key: /^ON CLUSTER$/, kind: "left out", why: NO_CLUSTER },
  ],
  absent: [
    [
      "ClickHouse's server: HTTP, its users' file read anew, replicated databases and tables, several shards, tables of topics at work, quotas, figures that are computed at times",
      "no registry has it, nor its client; the library has its engine, configuration and rights",
    ],
    [
      "ClickHouse Keeper",
      "no registry has it; in the library's process tables are made by an empty stand-in of its own",
    ],
    [
      "copies of ClickHouse's users by SQL",
      "the library has no tables of roles and quotas, so the task's last step fails there",
    ],
    [
      "ClickHouse's operator in the gate",
      "no registry has it; `test/cluster/clickhouse-operator.test.ts` takes one that CLICKHOUSE_OPERATOR names",
    ],
  ],
});
