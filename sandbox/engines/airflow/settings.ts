import { randomBytes } from "node:crypto";
import { join } from "node:path";

import type { Ground } from "../ground";
import { Sql, superuser } from "../postgres/postgres";

/** Airflow's own settings, which the stack does not render. */
export function settings(home: string, port: number, database: string, statsd: number): Record<string, string> {
  const secret = () => randomBytes(64).toString("base64url");
  return {
    AIRFLOW_HOME: home,
    PYTHONDONTWRITEBYTECODE: "1",
    AIRFLOW__CORE__DAGS_FOLDER: join(home, "dags"),
    AIRFLOW__CORE__LOAD_EXAMPLES: "False",
    AIRFLOW__CORE__EXECUTOR: "LocalExecutor",
    AIRFLOW__CORE__PARALLELISM: "1",
    AIRFLOW__CORE__FERNET_KEY: randomBytes(32).toString("base64").replaceAll("+", "-").replaceAll("/", "_"),
    AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS: "True",
    AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `http://127.0.0.1:${port}/execution/`,
    AIRFLOW__API__HOST: "127.0.0.1",
    AIRFLOW__API__PORT: String(port),
    AIRFLOW__API__WORKERS: "1",
    AIRFLOW__API__BASE_URL: `http://127.0.0.1:${port}`,
    AIRFLOW__API__SECRET_KEY: secret(),
    AIRFLOW__API_AUTH__JWT_SECRET: secret(),
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: database,
    AIRFLOW__LOGGING__BASE_LOG_FOLDER: join(home, "logs"),
    AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC: "1",
    AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME: "0.5",
    AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL: "30",
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: "False",
    AIRFLOW__METRICS__STATSD_ON: "True",
    AIRFLOW__METRICS__STATSD_HOST: "127.0.0.1",
    AIRFLOW__METRICS__STATSD_PORT: String(statsd),
  };
}

/** Creates Airflow's role and database, which the stack does not manage. */
export async function makeDatabase(ground: Ground, bin: string): Promise<string> {
  const sql = new Sql(ground, bin, superuser(ground));
  const password = randomBytes(12).toString("hex");
  await sql.run("postgres", `create role airflow login password '${password}'`);
  await sql.run("postgres", "create database airflow owner airflow");
  return `postgresql+psycopg2://airflow:${password}@${ground.at("postgres")}/airflow`;
}
