import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { Rendered } from "../../../sandbox/engines/rendered";
import { secret } from "../start/search";
import { KINDS } from "./seeds";

/** Fields of the events' records, as columns of Trino's tables of topics. */
const COLUMNS = {
  id: "bigint",
  product: "bigint",
  category: "varchar",
  amount: "bigint",
  happened_at: "timestamp",
} as const;

/** The same as columns of ClickHouse's tables of topics. */
const CLICKHOUSE = {
  id: "Int64",
  product: "Int64",
  category: "String",
  amount: "Int64",
  happened_at: "DateTime64(3, 'UTC')",
} as const;

/** The dev stack with every store that can be started here, on one large machine. */
export function rendering(): Promise<Rendered> {
  const config = readStackFile(PROJECT_FOLDER, "dev");
  const over = (section: string, more: object) => {
    const key = `lakehouse:${section}`;
    return { [key]: JSON.stringify({ ...(JSON.parse(config.values[key] ?? "{}") as object), ...more }) };
  };
  const values = {
    ...config.values,
    "lakehouse:nodes": JSON.stringify([{ name: "one", pool: "everything", cpu: 64, memory: "256Gi" }]),
    ...over("cluster", { certManager: true }),
    ...over("storage", {
      valkey: { enabled: true },
      mariadb: { enabled: true, databases: [{ name: "crm" }, { name: "payroll", engines: "off" }] },
      opensearch: {
        enabled: true,
        data: { replicas: 1, memory: "1280Mi" },
        indices: [{ name: "shop" }],
        users: [{ name: "loader", indices: ["shop-", "private-"], level: "write" }],
      },
    }),
    ...over("streaming", { kafka: { enabled: true, topics: ["uploads", ...KINDS].map((name) => ({ name })) } }),
    ...over("query", {
      presto: { enabled: true, worker: { replicas: 1, cpu: 0.5, memory: "1536Mi" } },
      clickhouse: {
        enabled: true,
        iceberg: "read",
        databases: [{ name: "shop" }],
        streams: KINDS.map((topic) => ({
          topic,
          database: "shop",
          table: topic,
          columns: CLICKHOUSE,
          orderBy: ["id"],
        })),
      },
      trino: {
        kafka: { topics: KINDS.map((topic) => ({ topic, columns: COLUMNS })) },
        valkey: {
          tables: [
            { table: "stock", keys: "query-api:stock", columns: { product: "bigint", pieces: "bigint" } },
            {
              table: "visits",
              keys: "query-api:visits",
              format: "json",
              columns: { page: "varchar", at: "timestamp" },
            },
          ],
        },
      },
      // A client of Valkey, whose keys Trino reads.
      queryApi: { enabled: true, image: "registry.example.org/query-api:1" },
      druid: {
        enabled: true,
        batches: KINDS.map((name) => ({ dataSource: name, prefix: `${name}/`, time: "happened_at" })),
      },
    }),
  };
  return Rendered.of("dev", secret, { ...config, values });
}
