import type { EngineFacts } from "./part";
import type { LocalHome } from "./home";
import { partEngines } from "./parts";

/** Engines of every local lakehouse by name in the order of output, with the listeners of each, the main one first. */
export const ENGINES: Readonly<Record<string, EngineFacts>> = {
  "trino-coordinator": { what: "Trino", places: ["trino"] },
  "trino-worker": { what: "Trino's worker", places: ["trinoWorker"] },
  "minio": { what: "object store", places: ["s3", "console"] },
  "postgres": { what: "PostgreSQL", places: ["postgres"] },
  "rest-catalog": { what: "Iceberg REST catalog", places: ["rest"] },
  "metastore": { what: "Hive Metastore", places: ["thrift", "metastoreMetrics"] },
};

/** Names of the parts that a lakehouse has. */
export const partsOf = ({ state }: Pick<LocalHome, "state">): string[] => Object.keys(state.parts ?? {});

/** Engines of a lakehouse: those of every one, and of its parts. */
export const enginesOf = (home: Pick<LocalHome, "state">): Record<string, EngineFacts> => ({
  ...ENGINES,
  ...partEngines(partsOf(home)),
});
