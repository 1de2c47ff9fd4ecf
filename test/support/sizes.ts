import { pathOf } from "../../components/core/system";
import { systems } from "../../components/systems";

/** Least memory of systems' pods in MiB, by the path of the size: `lakehouse:query.trino.worker`. */
export const LEAST_MEMORY: Readonly<Record<string, number>> = Object.fromEntries(
  systems.flatMap((system) =>
    Object.entries(system.least ?? {}).map(([key, mebibytes]) => [`${pathOf(system)}.${key}`, mebibytes]),
  ),
);
