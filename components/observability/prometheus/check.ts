import type { Mistake } from "../../fields/mistakes";
import type { PrometheusSettings } from "./settings";

const PATH = "lakehouse:observability.prometheus";

/** One operator and one reporter of objects: charts run no second. Names of receivers tell them apart. A user of a mail server has a password. */
export function* check({ operatorSize, stateMetrics, alertmanager }: PrometheusSettings): Iterable<Mistake> {
  for (const [key, { replicas }] of Object.entries({ operatorSize, stateMetrics }))
    if (replicas > 1)
      yield {
        path: `${PATH}.${key}.replicas`,
        message: `given ${String(replicas)}; allowed: 1, since two would do the same work twice`,
      };
  const { receivers } = alertmanager;
  for (const [index, receiver] of receivers.entries()) {
    const path = `${PATH}.alertmanager.receivers[${String(index)}]`;
    if (receivers.findIndex(({ name }) => name === receiver.name) !== index)
      yield { path: `${path}.name`, message: `given "${receiver.name}" twice; allowed: a name for each receiver` };
    if (receiver.kind === "email" && (receiver.user === undefined) !== (receiver.secret === undefined))
      yield {
        path,
        message: `given ${receiver.user === undefined ? "secret without user" : "user without secret"}; allowed: both, or none`,
      };
  }
}
