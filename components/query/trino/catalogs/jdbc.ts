import { properties } from "../../../core/render";
import type { SqlSource } from "../../../core/capabilities";
import type { SourceFile } from ".";

/** Catalog files of connectors on JDBC. MariaDB's URL has no database: each database is a schema. */
export const jdbc =
  (connector: SqlSource["kind"]): SourceFile =>
  ({ jdbcUrl, user, password }) =>
    properties({
      "connector.name": connector,
      "connection-url": jdbcUrl,
      "connection-user": user,
      "connection-password": password,
    });
