import { description } from "../description";

/** One stack with every store that can be started, at the same time: what only all of them together show. */
export const story = description({
  artefacts: {},
  proofs: [
    {
      system: "Trino over all stores",
      from: "the dev stack with Kafka, OpenSearch, Druid, Valkey and MariaDB on, all at once; Trino's catalogs as rendered, with its own user in each store",
      seen: [
        "gives the seeded totals: Iceberg, Delta, PostgreSQL, MariaDB, Druid, Kafka, OpenSearch and Valkey in one statement",
        "has the same events of a category and a day from each store, whose connector is told of both",
        "has rows of Valkey that are JSON, with their times",
        "writes to no topic, event or document, and to no bucket that Trino only reads",
        "reads no index, schema, database or table of others",
        "signs in to each store as a user who may do no more, whoever has that user's password",
      ],
    },
    {
      system: "One question, the same answer from every engine",
      from: "the same stack, with Spark, ClickHouse, the query API and Presto beside it; 2 000 sales and 10 000 clicks with known totals go to Kafka, and from its topics to Iceberg by Trino, to Druid by its rendered task, to OpenSearch, ClickHouse and Valkey by their clients",
      seen: [
        "has an answer that is known from the seeds: each category on each day",
        "Trino answers it from Iceberg tables, and from topics of Kafka",
        "Spark answers it from Iceberg tables",
        "PyIceberg and DuckDB answer it from the files, by the catalog",
        "Druid answers it from its segments",
        "OpenSearch answers it by an aggregation of documents",
        "ClickHouse answers it from its own tables, and from Iceberg's",
        "the query API answers it by Trino and by DuckDB",
        "Presto answers it from the same files of Iceberg tables",
        "PostgreSQL finds the nearest products to each by pgvector, as an exact computation does",
      ],
    },
  ],
  allowed: [
    {
      file: /^trino\/env$/,
      key: /^JAVA_TOOL_OPTIONS$/,
      kind: "added",
      why: "its JVMs look up names of services in a file, where a cluster has its DNS",
    },
  ],
  absent: [],
});
