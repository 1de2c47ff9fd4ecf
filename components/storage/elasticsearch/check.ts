import type { Mistake } from "../../fields/mistakes";
import type { ElasticsearchSettings } from "./settings";

const PATH = "lakehouse:storage.elasticsearch";

/** Masters are elected by a majority: of two neither may go on without the other. */
export function* cluster(settings: ElasticsearchSettings): Generator<Mistake> {
  const { data, manager, snapshots } = settings;
  if (manager.replicas === 1 || manager.replicas === 2)
    yield {
      path: `${PATH}.manager.replicas`,
      message: `given ${String(manager.replicas)}; allowed: 0, or at least 3, so that the others elect one while one is away`,
    };
  if (data.replicas === 2 && manager.replicas === 0)
    yield {
      path: `${PATH}.data.replicas`,
      message: "given 2, which elect the master too; allowed: 1, or at least 3, or 3 managers beside them",
    };
  const [, , day = "*", , weekday = "*"] = snapshots.schedule.split(/\s+/);
  if (!/^[*?]$/.test(day) && !/^[*?]$/.test(weekday))
    yield {
      path: `${PATH}.snapshots.schedule`,
      message: `given "${snapshots.schedule}", with days of the month and of the week, which Elasticsearch's schedules cannot have together; allowed: one of them *`,
    };
  yield* distinct(settings);
  yield* streams(settings);
}

function* distinct({ indices, users, kibana, logstash }: ElasticsearchSettings): Generator<Mistake> {
  yield* twice(
    (at) => `indices[${at}].name`,
    indices.map(({ name }) => name),
  );
  yield* twice(
    (at) => `users[${at}].name`,
    users.map(({ name }) => name),
  );
  yield* twice((at) => `kibana.spaces[${at}]`, kibana.spaces);
  yield* twice(
    (at) => `logstash.pipelines[${at}].topic`,
    logstash.pipelines.map(({ topic }) => topic),
  );
}

function* twice(path: (at: string) => string, names: readonly string[]): Generator<Mistake> {
  for (const [at, name] of names.entries())
    if (names.indexOf(name) < at)
      yield { path: `${PATH}.${path(String(at))}`, message: `given "${name}" again; allowed: a name of its own` };
}

/** What Logstash writes has a template, and so a retention. */
function* streams({ indices, logstash }: ElasticsearchSettings): Generator<Mistake> {
  const prefixes = indices.map(({ name }) => `${name}-`);
  for (const [at, { stream }] of logstash.pipelines.entries())
    if (!prefixes.some((prefix) => stream.startsWith(prefix)))
      yield {
        path: `${PATH}.logstash.pipelines[${String(at)}].stream`,
        message: `given "${stream}", for which ${PATH}.indices has no template; allowed: a name that begins with ${prefixes.join(" or ") || "one of them"}`,
      };
}
