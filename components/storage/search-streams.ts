/** What templates of data streams have in common in OpenSearch and in Elasticsearch. */

/** Settings of the indices of a stream. */
export const streamSettings = (shards: number, replicas: number) => ({
  "index.number_of_shards": shards,
  "index.number_of_replicas": replicas,
  "index.codec": "best_compression",
  "index.refresh_interval": "5s",
});

/** Texts are searched as they are, but the message word by word. */
export const STREAM_MAPPINGS = {
  dynamic_templates: [{ text: { match_mapping_type: "string", mapping: { type: "keyword", ignore_above: 1024 } } }],
  properties: { "@timestamp": { type: "date" }, "message": { type: "text" } },
};
