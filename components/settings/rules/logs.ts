import { INDEX } from "../../observability/logs/collector.config";
import type { Rule } from "../rule";

/** Logs go to a search store that the stack runs, which has a template and a retention for them. */
export const storesOfLogs: Rule = function* ({ observability: { logs }, storage }) {
  const { store } = logs;
  if (store !== "opensearch" && store !== "elasticsearch") return;
  const { enabled, indices } = storage[store];
  const path = "lakehouse:observability.logs.store";
  if (!enabled)
    yield {
      path,
      message: `given ${store} while lakehouse:storage.${store}.enabled is false; allowed: that one true, or another store`,
    };
  else if (!indices.some(({ name }) => name === INDEX))
    yield {
      path,
      message: `given ${store} while lakehouse:storage.${store}.indices has none with the name ${INDEX}, by which they have a template and go after keepDays; allowed: one of that name, or another store`,
    };
};
