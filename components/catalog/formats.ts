import { z } from "zod";

import { icebergFormat, type TableFormat, type TableFormats } from "../core/table-formats";
import { count, mode, section } from "../fields/fields";

/** Which format tables have: settings, and what follows from them. */

const OF = "a namespace (gold) or a table (gold.daily_users): letters, digits and '_'";

export const formats = section({
  icebergVersion: count(2, 3)
    .default(2)
    .describe("format version of new Iceberg tables; 3 locks engines out, which the plan names; default 2"),
  tables: z
    .record(
      z.string({ error: OF }).regex(/^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?$/, { error: OF }),
      section({
        format: mode("iceberg", "delta")
          .default("iceberg")
          .describe("format of the tables; Delta tables are in Spark's catalog `spark_catalog`; default iceberg"),
        icebergVersion: count(2, 3)
          .optional()
          .describe("format version of an Iceberg table; default lakehouse:catalog.formats.icebergVersion"),
      }),
      { error: "formats by namespace or table" },
    )
    .default({})
    .describe(
      "what is different, by namespace or table; a table's goes before its namespace's. It holds for new tables: those that exist keep their format",
    ),
})
  .prefault({})
  .describe("formats of tables");

export type FormatSettings = z.output<typeof formats>;

export function tableFormats({ icebergVersion, tables }: FormatSettings): TableFormats {
  const usual = icebergFormat(icebergVersion);
  const said = Object.fromEntries(
    Object.entries(tables).map(([name, { format, icebergVersion: own = icebergVersion }]): [string, TableFormat] => [
      name,
      format === "delta" ? "delta" : icebergFormat(own),
    ]),
  );
  return {
    icebergVersion,
    delta: Object.values(said).includes("delta"),
    used: [...new Set([usual, ...Object.values(said)])],
    said,
    of: (table) => {
      const key = [table, table.split(".")[0] ?? ""].find((name) => said[name] !== undefined);
      return key === undefined ? { format: usual } : { format: said[key] ?? usual, key };
    },
  };
}
