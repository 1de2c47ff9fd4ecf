import { FORMAT_WORDS, type TableFormat } from "../../core/table-formats";
import { deltaPolicies } from "../../compute/spark/delta-maintenance";
import { stackFacts } from "../../facts";
import type { Rule } from "../rule";
import { engines } from "../table-engines";

const PATH = "lakehouse:catalog.formats";

/** A table that a program of the stack writes has a format that its engine writes there. */
export const writtenFormats: Rule = function* (settings) {
  const { formats } = stackFacts(settings);
  for (const { name, writes = {} } of engines(settings).flatMap(({ engine }) => engine ?? [])) {
    for (const [table, can] of Object.entries(writes)) {
      const { format, key } = formats.of(table);
      if (can.includes(format)) continue;
      yield {
        path: key === undefined ? `${PATH}.icebergVersion` : `${PATH}.tables.${key}`,
        message: `given ${FORMAT_WORDS[format]}, and ${name} writes ${table}, which it writes as ${words(can)} only; allowed: that, for ${table} at least`,
      };
    }
  }
};

const words = (formats: readonly TableFormat[]) => formats.map((format) => FORMAT_WORDS[format]).join(" or ");

/** An Iceberg version is said of Iceberg tables alone. */
export const versionsOfIceberg: Rule = function* ({ catalog }) {
  for (const [name, { format, icebergVersion }] of Object.entries(catalog.formats.tables))
    if (format === "delta" && icebergVersion !== undefined)
      yield {
        path: `${PATH}.tables.${name}.icebergVersion`,
        message: `given ${String(icebergVersion)} for Delta tables; allowed: none, or format: iceberg`,
      };
};

/** What policies of maintenance say of Delta tables is what Delta can do. */
export const maintainedFormats: Rule = function* (settings) {
  const { spark } = settings.compute;
  if (spark.enabled) yield* deltaPolicies(spark.maintenance, stackFacts(settings).formats);
};
