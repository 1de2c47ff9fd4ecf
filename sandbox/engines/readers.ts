import { join } from "node:path";

import type { Ground } from "./ground";
import { command } from "./obtain/command";

/** Readers that share no code with Spark and Trino, with the credentials of one of the stack's Secrets. */
export class Readers {
  constructor(
    private readonly ground: Ground,
    private readonly service = "spark",
  ) {}

  /** Reads an Iceberg table through the REST catalog with PyIceberg and DuckDB; the table is `t` in the SQL. */
  iceberg(table: string, sql: string): Promise<unknown[][]> {
    return this.read("iceberg", `http://${this.ground.at("rest")}/iceberg`, table, sql);
  }

  /** Reads a Delta table with delta-rs and DuckDB; the table is `t` in the SQL. */
  delta(location: string, sql: string): Promise<unknown[][]> {
    return this.read("delta", location, sql);
  }

  /** Runs SQL with the ClickHouse engine; `@endpoint` and `@key` in the SQL stand for the object store and the user. */
  clickhouse(sql: string): Promise<unknown[][]> {
    return this.read("chdb", sql);
  }

  private async read(...args: string[]): Promise<unknown[][]> {
    const { rendered, tools } = this.ground;
    const secret = (key: string) => rendered.secret(`${this.service}-s3`, key);
    const out = await command([`${tools.python}/bin/python`, join(__dirname, "python", "readers.py"), ...args], {
      cwd: this.ground.run.folder,
      env: {
        S3_ENDPOINT: `http://${this.ground.at("s3")}`,
        AWS_ACCESS_KEY_ID: secret("AccessKey"),
        AWS_SECRET_ACCESS_KEY: secret("SecretKey"),
        AWS_REGION: "us-east-1",
      },
    });
    return JSON.parse(out.trim().split("\n").at(-1) ?? "[]") as unknown[][];
  }
}
