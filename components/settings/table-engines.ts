import { settingsOf, systemName } from "../core/system";
import type { TableEngine } from "../core/table-formats";
import { systemsOn } from "../facts";
import type { Settings } from "./schema";

/** A system that is on and reaches the catalog of tables. */
export interface EngineOn {
  readonly system: string;
  /** Undefined where its description says nothing. */
  readonly engine: TableEngine | undefined;
}

/**
 * Engines of a stack. Each system that is on and needs the catalog of tables is one, said or not; one that says `undefined` for its
 * settings does not reach the catalog by them.
 */
export function engines(settings: Settings): EngineOn[] {
  return systemsOn(settings).flatMap((system): EngineOn[] => {
    const { needs, tableEngine } = system;
    if (tableEngine !== undefined) {
      const engine = tableEngine(settingsOf(system, settings));
      return engine === undefined ? [] : [{ system: systemName(system), engine }];
    }
    const reaches = Object.values(needs).some(({ of }) => of === "tables");
    return reaches ? [{ system: systemName(system), engine: undefined }] : [];
  });
}
