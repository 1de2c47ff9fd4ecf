import type { Rule } from "../rule";

/** OpenMetadata speaks with OpenSearch 3 and Elasticsearch 9; the stack's Elasticsearch is 8. */
export const readableSearch: Rule = function* ({
  catalog: { openmetadata },
  storage: { search, opensearch, elasticsearch },
}) {
  if (!openmetadata.enabled || !elasticsearch.enabled) return;
  if (opensearch.enabled && search === "opensearch") return;
  yield {
    path: "lakehouse:catalog.openmetadata.enabled",
    message:
      "given true while the search store is Elasticsearch 8, which OpenMetadata cannot use; allowed: lakehouse:storage.opensearch.enabled: true with lakehouse:storage.search: opensearch, or false",
  };
};
