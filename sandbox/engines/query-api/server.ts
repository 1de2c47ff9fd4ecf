import { readdirSync } from "node:fs";
import { join } from "node:path";

import { environment } from "../../../components/query/query-api/config";
import { settingsFrom } from "../../../components/settings";
import { freePorts } from "../../core/ports";
import { answers, Engine } from "../engine";
import type { Ground } from "../ground";
import { SERVICE } from "./service";

const MiB = 2 ** 20;

/**
 * The service as a process, with the variables that the system renders, beside the Trino, the catalog and the object store of a
 * ground. It reads objects as Spark's user, who may read what DuckDB is asked for.
 * @param more variables in place of the rendered ones, without `QUERY_API_`
 */
export async function startQueryApi(
  ground: Ground,
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly engine: Engine; readonly url: string }> {
  const { rendered, tools } = ground;
  const settings = settingsFrom({
    nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
    pools: { all: { default: true } },
    cluster: { certManager: true },
    storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
    query: {
      queryApi: {
        enabled: true,
        image: "ghcr.io/example/query-api:1",
        server: { replicas: 1 },
        duckdb: { enabled: true },
      },
    },
  });
  const given = environment(settings.query.queryApi, 768 * MiB, {
    trino: "http://trino.lakehouse-query.svc:8080",
    catalog: "lakehouse",
    lake: {
      restUrl: "http://hive-metastore.lakehouse-catalog.svc:9001/iceberg",
      warehouse: "s3://warehouse/",
      s3Url: "http://minio.lakehouse-storage.svc:9000",
      region: "us-east-1",
      buckets: ["warehouse", "gold"],
    },
  });
  const lib = join(tools.queryApi, "lib");
  const { port } = await freePorts("port");
  const url = `http://127.0.0.1:${String(port)}`;
  const own = {
    HOST: "127.0.0.1",
    PORT: String(port),
    DUCKDB_SPILL: ground.folder("query-api", "spill"),
    DUCKDB_EXTENSIONS: join(lib, readdirSync(lib)[0] ?? ""),
    S3_KEY: rendered.secret("spark-s3", "AccessKey"),
    S3_SECRET: rendered.secret("spark-s3", "SecretKey"),
    ...more,
  };
  const engine = await Engine.start(ground.run, {
    name: "query-api",
    command: [join(tools.queryApi, "bin", "python"), "-m", "query_api"],
    env: {
      ...Object.fromEntries(Object.entries(given).map(([name, value]) => [name, ground.local(value)])),
      PYTHONPATH: SERVICE,
      PYTHONDONTWRITEBYTECODE: "1",
      ...Object.fromEntries(Object.entries(own).map(([name, value]) => [`QUERY_API_${name}`, value])),
    },
    ready: () => answers(`${url}/health/live`),
  });
  return { engine, url };
}
