import { join } from "node:path";

import type { Ground } from "./ground";
import { command } from "./obtain/command";

/** Engines that share no code with Spark and Trino, as the user of one of the stack's Secrets. */
export class Readers {
  constructor(
    private readonly ground: Ground,
    private readonly service = "spark",
  ) {}

  /** Through the REST catalog, by PyIceberg and DuckDB; the table is `t` in the SQL. */
  iceberg(table: string, sql: string): Promise<unknown[][]> {
    return this.read("iceberg", `http://${this.ground.at("rest")}/iceberg`, table, sql);
  }

  /** By delta-rs and DuckDB; the table is `t` in the SQL. */
  delta(location: string, sql: string): Promise<unknown[][]> {
    return this.read("delta", location, sql);
  }

  /** By the ClickHouse engine; `@endpoint` and `@key` in the SQL are the object store and the user. */
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
