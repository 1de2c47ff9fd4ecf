import type { Mistake } from "../../fields/mistakes";
import type { LogsSettings } from "./settings";

/** Of two Lokis that keep each line twice, a lost one stops writes. */
export function* check({ store, server }: LogsSettings): Iterable<Mistake> {
  if (store === "loki" && server.replicas === 2)
    yield {
      path: "lakehouse:observability.logs.server.replicas",
      message: "given 2, of which a lost one stops writes; allowed: 1, or at least 3",
    };
}
