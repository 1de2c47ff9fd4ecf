import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { Rendered } from "../../../sandbox/engines/rendered";

const STREAM = {
  topic: "orders",
  database: "shop",
  table: "orders",
  columns: { order_id: "String", amount: "Decimal(12, 2)", at: "DateTime64(3, 'UTC')" },
  orderBy: ["order_id"],
};
const OWN = {
  enabled: true,
  storage: "s3",
  databases: [{ name: "shop", engines: "write" }, { name: "web" }, { name: "secret", engines: "off" }],
  streams: [STREAM],
  limits: { seconds: 30, statementsPerHour: 12 },
};

/** Values of the dev stack on one large machine, with ClickHouse. */
export function choosing(clickhouse: object = OWN): Readonly<Record<string, string>> {
  const { values } = readStackFile(PROJECT_FOLDER, "dev");
  const query = JSON.parse(values["lakehouse:query"] ?? "{}") as object;
  return {
    "lakehouse:query": JSON.stringify({ ...query, clickhouse }),
    "lakehouse:nodes": JSON.stringify([{ name: "one", pool: "everything", cpu: 64, memory: "256Gi" }]),
  };
}

export function rendering(): Promise<Rendered> {
  const config = readStackFile(PROJECT_FOLDER, "dev");
  return Rendered.of("dev", undefined, { ...config, values: { ...config.values, ...choosing() } });
}
