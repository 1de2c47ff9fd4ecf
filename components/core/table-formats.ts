/** Formats of tables: what engines do with each, and which tables the stack's own programs write. Data and pure functions. */

/** Each later format has something that a program for an earlier one cannot read. */
export const TABLE_FORMATS = ["iceberg 2", "iceberg 3", "delta"] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

export const FORMAT_WORDS: Readonly<Record<TableFormat, string>> = {
  "iceberg 2": "Iceberg version 2",
  "iceberg 3": "Iceberg version 3",
  "delta": "Delta",
};

/** `reads` is said only of an engine that reads every table of the format, those with deletion vectors too. */
export type FormatAbility = "nothing" | "reads" | "writes";

/** One engine on the catalog's tables, by the version that the settings choose. */
export interface TableEngine {
  /** As people know it, with its version: `Trino 484`. */
  readonly name: string;
  /** What is not said is `nothing`. */
  readonly does: Readonly<Partial<Record<TableFormat, FormatAbility>>>;
  /** Tables that programs of the stack write with it, and the formats that they can have. @default none */
  readonly writes?: Readonly<Record<string, readonly TableFormat[]>>;
}

/** Formats that the settings choose. */
export interface TableFormats {
  /** Of Iceberg tables for which nothing else is said. */
  readonly icebergVersion: number;
  /** Whether a namespace or a table is Delta. */
  readonly delta: boolean;
  /** The formats that tables have, without repetition; the default first. */
  readonly used: readonly TableFormat[];
  /** What the settings say, by namespace or table. */
  readonly said: Readonly<Record<string, TableFormat>>;
  /** The format of a table, and the key that says so: none for the default. */
  of(table: string): { readonly format: TableFormat; readonly key?: string };
}

export const icebergFormat = (version: number): TableFormat => (version === 3 ? "iceberg 3" : "iceberg 2");
