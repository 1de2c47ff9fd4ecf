import type { Mistake } from "../../fields/mistakes";
import type { GrafanaSettings } from "./settings";

/** Several Grafanas share their sessions in a database. */
export function* check({ server, keeps }: GrafanaSettings): Iterable<Mistake> {
  if (keeps === "nothing" && server.replicas > 1)
    yield {
      path: "lakehouse:observability.grafana.server.replicas",
      message: `given ${String(server.replicas)} with lakehouse:observability.grafana.keeps: nothing, where each has users of its own; allowed: 1, or keeps: postgres`,
    };
}
