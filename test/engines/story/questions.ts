import type { Kind, Total } from "./seeds";

/** The question in each engine's own words: how many events, and how much, by category and day. */

/** SQL over a table, with the engine's expressions for a day as text and for a whole number. */
const grouped = (table: string, day: string, amount = "sum(amount)") =>
  `select category, ${day}, count(*), ${amount} from ${table} group by 1, 2 order by 1, 2`;

export const questions = {
  trino: (kind: Kind) => grouped(`lakehouse.story.${kind}`, "cast(cast(happened_at as date) as varchar)"),
  kafka: (kind: Kind) => grouped(`kafka.topics.${kind}`, "cast(cast(happened_at as date) as varchar)"),
  /** In the metastore that it reads. */
  presto: (kind: Kind) => grouped(`lakehouse.shop.${kind}`, "cast(cast(happened_at as date) as varchar)"),
  spark: (kind: Kind) => grouped(`lakehouse.story.${kind}`, "cast(cast(happened_at as date) as string)"),
  /** Of DuckDB over what PyIceberg has read. */
  pyiceberg: () => grouped("t", "cast(cast(happened_at as date) as varchar)", "cast(sum(amount) as bigint)"),
  duckdb: (kind: Kind) =>
    grouped(`lakehouse.story.${kind}`, "cast(cast(happened_at as date) as varchar)", "cast(sum(amount) as bigint)"),
  clickhouse: (table: string) => grouped(table, "toString(toDate(happened_at, 'UTC'))"),
  // What is taken in from files without types is text.
  druid: (kind: Kind) =>
    `SELECT category, TIME_FORMAT(__time, 'yyyy-MM-dd'), count(*), sum(CAST(amount AS BIGINT)) FROM ${kind} GROUP BY 1, 2 ORDER BY 1, 2`,
};

/** An aggregation of OpenSearch. Its dates are milliseconds, UTC. */
export const AGGREGATION = {
  size: 0,
  aggs: {
    category: {
      terms: { field: "category", size: 100, order: { _key: "asc" } },
      aggs: {
        day: {
          date_histogram: { field: "happened_at", calendar_interval: "day", format: "yyyy-MM-dd" },
          aggs: { amount: { sum: { field: "amount" } } },
        },
      },
    },
  },
} as const;

interface Buckets<Bucket> {
  readonly buckets: readonly Bucket[];
}

/** Rows of the aggregation's answer. */
export function aggregated(body: string): Total[] {
  const { aggregations } = JSON.parse(body) as {
    aggregations: {
      category: Buckets<{
        key: string;
        day: Buckets<{ key_as_string: string; doc_count: number; amount: { value: number } }>;
      }>;
    };
  };
  return aggregations.category.buckets.flatMap(({ key, day }) =>
    day.buckets.map(({ key_as_string, doc_count, amount }): Total => [key, key_as_string, doc_count, amount.value]),
  );
}
