import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { Rendered } from "../../../sandbox/engines/rendered";

/** The dev stack with a source of each kind. */

const COMMON = { schedule: "0 * * * *", cidrs: ["127.0.0.0/8"] };
const CSV = { format: "csv", columns: ["id"] };
export const STORE = "minio.lakehouse-storage.svc";

const ITEMS = {
  orders: {
    kind: "jdbc",
    store: "postgres",
    database: "shop",
    table: "orders",
    highWater: "id",
    rows: 1000,
    schedule: "0 * * * *",
  },
  customers: {
    kind: "jdbc",
    store: "mariadb",
    database: "crm",
    query: "select id, name from customers",
    highWater: "id",
    schedule: "0 * * * *",
  },
  prices: { kind: "http", url: "http://data.example.org:8081/prices.csv", attempts: 3, ...COMMON, ...CSV },
  exports: { kind: "s3", endpoint: `http://${STORE}:9000`, bucket: "outside", secret: "keys", ...COMMON, ...CSV },
  scans: { kind: "files", claim: "scans", complete: "done", after: "delete", schedule: "0 * * * *", ...CSV },
};

export function rendering(): Promise<Rendered> {
  const config = readStackFile(PROJECT_FOLDER, "dev");
  const storage = JSON.parse(config.values["lakehouse:storage"] ?? "{}") as object;
  const mariadb = { enabled: true, databases: [{ name: "crm" }] };
  const sources = { enabled: true, image: "ghcr.io/example/sources:1", items: ITEMS };
  const values = {
    ...config.values,
    "lakehouse:storage": JSON.stringify({ ...storage, mariadb }),
    "lakehouse:orchestration": JSON.stringify({ sources }),
  };
  return Rendered.of("dev", undefined, { ...config, values });
}
