import type { TableEngine } from "../../../core/table-formats";

/** The first version that reads and writes Iceberg 3 with deletion vectors and default values, by its release notes. */
const ICEBERG_3 = 480;

export const tableEngine = ({ version }: { readonly version: string }): TableEngine => ({
  name: `Trino ${version}`,
  does: { "iceberg 2": "writes", "iceberg 3": Number(version) >= ICEBERG_3 ? "writes" : "nothing", "delta": "writes" },
});
