import type { Mistake } from "../../fields/mistakes";
import type { ConnectSettings } from "./settings";

/** Databases of sources are unique. */
export function* distinctSources(connect: ConnectSettings): Generator<Mistake> {
  const seen = new Set<string>();
  for (const [index, { database }] of connect.sources.entries()) {
    if (seen.has(database))
      yield {
        path: `lakehouse:streaming.connect.sources[${String(index)}].database`,
        message: `given "${database}", which is in the list already; allowed: each database once`,
      };
    seen.add(database);
  }
}
