import type { Mistake } from "../../fields/mistakes";
import type { NifiSettings } from "./settings";

/** Each topic is landed once. */
export function* distinctTopics({ topics }: NifiSettings): Generator<Mistake> {
  for (const [at, topic] of topics.entries())
    if (topics.indexOf(topic) < at)
      yield {
        path: `lakehouse:streaming.nifi.topics[${String(at)}]`,
        message: `given "${topic}" again; allowed: each topic once`,
      };
}
