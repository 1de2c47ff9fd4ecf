import { description } from "../description";

/** One stack with every store that can be started, at the same time: what only all of them together show. */
export const story = description({
  artefacts: {},
  proofs: [
    {
      system: "Trino over all stores",
      from: "the dev stack with Kafka, OpenSearch, Druid and Valkey on, all at once; Trino's catalogs as rendered, with its own user in each store",
      seen: [
        "gives the seeded totals: Iceberg, Delta, PostgreSQL, Druid, Kafka, OpenSearch and Valkey in one statement",
        "writes to no topic, event or document, and to no bucket that Trino only reads",
        "reads no index, schema, database or table of others",
        "signs in to each store as a user who may do no more, whoever has that user's password",
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
