import { z } from "zod";

import { mode } from "../../fields/fields";

/** Columns of tables that are records of another store: topics of Kafka, keys of Valkey. */

const COLUMN = "a column's name: lower-case letters, digits and '_', beginning with a letter";

/** Setting: columns and their types. */
export const columns = z.record(
  z.string().regex(/^[a-z][a-z0-9_]*$/, { error: COLUMN }),
  mode("varchar", "boolean", "integer", "bigint", "double", "timestamp"),
);

export type Columns = z.output<typeof columns>;

/** A field of a record as a column, in Trino's descriptions of tables. */
export interface Field {
  readonly name: string;
  readonly mapping: string;
  readonly type: string;
  readonly dataFormat?: string;
  readonly comment?: string;
}

/** Fields by the names of the columns. Times are texts of ISO 8601. */
export const fields = (given: Columns): Field[] =>
  Object.entries(given).map(([name, type]) => {
    const time = type === "timestamp";
    return { name, mapping: name, type: time ? "timestamp(3)" : type, ...(time ? { dataFormat: "iso8601" } : {}) };
  });
