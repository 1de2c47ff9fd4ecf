import type { Mistake } from "../../fields/mistakes";
import type { PrestoSettings } from "./settings";

const PATH = "lakehouse:query.presto";

export function* check(settings: PrestoSettings): Generator<Mistake> {
  const { replicas } = settings.coordinator;
  if (replicas !== 1)
    yield {
      path: `${PATH}.coordinator.replicas`,
      message: `given ${String(replicas)}, and workers know one coordinator; allowed: 1`,
    };
  yield* groups(settings);
}

/** Presto refuses a query that no group takes, and a group after one that takes everything gets none. */
function* groups({ groups: all, concurrency }: PrestoSettings): Generator<Mistake> {
  if (all.length === 0) yield { path: `${PATH}.groups`, message: "given no group; allowed: one or more" };
  const seen = new Set<string>();
  for (const [index, { name, sources, users, running }] of all.entries()) {
    const at = `${PATH}.groups[${String(index)}]`;
    const takesAll = sources.length === 0 && users.length === 0;
    const last = index === all.length - 1;
    if (seen.has(name))
      yield { path: `${at}.name`, message: `given "${name}", which is in the list already; allowed: each name once` };
    if (last && !takesAll)
      yield {
        path: at,
        message: "given sources or users for the last group; allowed: none, so that every query has a group",
      };
    if (!last && takesAll)
      yield {
        path: at,
        message: "given neither sources nor users before other groups; allowed: some, or as the last one",
      };
    if (running > concurrency)
      yield {
        path: `${at}.running`,
        message: `given ${String(running)}, and all groups run ${String(concurrency)} together; allowed: at most ${String(concurrency)}, or a higher concurrency`,
      };
    seen.add(name);
  }
}
