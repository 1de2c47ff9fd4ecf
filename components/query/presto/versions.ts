/** What a version of Presto reads through a metastore of some version. Pure. */

/** The first metastore without the call `get_table`, and the first that has the one in its place. */
const WITHOUT_GET_TABLE = "4.0.1";
const WITH_GET_TABLE_REQ = "2.3.0";
/** The first Presto that no longer asks for it (release notes: "Upgrade to Hive 4.0.1"). */
const ASKS_ANEW = "0.299";

export interface Readable {
  /** Whether Hive tables are read, by the metastore's Thrift port. Iceberg tables always are, by its REST catalog. */
  readonly hive: boolean;
  /** The same as a line of the plan. */
  readonly line: string;
}

/**
 * @param presto version of Presto, from 0.297 on: earlier ones have no access control for Iceberg
 * @param metastore version of the Hive metastore
 */
export function readable(presto: string, metastore: string): Readable {
  const anew = compare(presto, ASKS_ANEW) >= 0;
  const hive = anew ? compare(metastore, WITH_GET_TABLE_REQ) >= 0 : compare(metastore, WITHOUT_GET_TABLE) < 0;
  const iceberg = `Presto ${presto} reads Iceberg tables by the REST catalog of metastore ${metastore}`;
  if (hive) return { hive, line: `${iceberg}, and Hive tables by its Thrift port` };
  const why = anew
    ? `it needs metastores from ${WITH_GET_TABLE_REQ} on`
    : `up to 0.298 it asks for get_table, which metastores from ${WITHOUT_GET_TABLE} on lack`;
  return { hive, line: `${iceberg}, and no Hive tables: ${why}` };
}

/** Negative where the first version is the older one. Missing parts count as 0. */
function compare(one: string, other: string): number {
  const [first, second] = [one, other].map((version) => version.split(".").map(Number)) as [number[], number[]];
  for (let at = 0; at < Math.max(first.length, second.length); at++) {
    const difference = (first[at] ?? 0) - (second[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
