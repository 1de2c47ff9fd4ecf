import { RESERVED, type ClickhouseSettings } from "./settings";
import type { Mistake } from "../../fields/mistakes";
import { suggestion } from "../../fields/mistakes";

const PATH = "lakehouse:query.clickhouse";
const ODD = [1, 3, 5];

export function* check(settings: ClickhouseSettings): Generator<Mistake> {
  const { operatorSize, keeper, databases, streams } = settings;
  if (operatorSize.replicas !== 1)
    yield {
      path: `${PATH}.operatorSize.replicas`,
      message: `given ${String(operatorSize.replicas)}; allowed: 1, because two operators would both act`,
    };
  if (!ODD.includes(keeper.replicas))
    yield {
      path: `${PATH}.keeper.replicas`,
      message: `given ${String(keeper.replicas)}; allowed: 1, 3 or 5, so that a majority is clear`,
    };
  const names = databases.map(({ name }) => name);
  yield* twice(`${PATH}.databases`, "name", names);
  yield* twice(
    `${PATH}.streams`,
    "table",
    streams.map(({ database, table }) => `${database}.${table}`),
  );
  for (const [at, { database, columns, orderBy }] of streams.entries()) {
    const path = `${PATH}.streams[${String(at)}]`;
    if (!names.includes(database) && !RESERVED.includes(database))
      yield {
        path: `${path}.database`,
        message: `given "${database}", which is not in ${PATH}.databases${suggestion(database, names)}; allowed: ${names.join(", ") || "none yet"}`,
      };
    if (Object.keys(columns).length === 0)
      yield { path: `${path}.columns`, message: "given none; allowed: at least one column with its type" };
    for (const column of orderBy)
      if (!Object.hasOwn(columns, column))
        yield {
          path: `${path}.orderBy`,
          message: `given "${column}"${suggestion(column, Object.keys(columns))}; allowed: columns of the stream`,
        };
  }
}

function* twice(path: string, key: string, names: readonly string[]): Generator<Mistake> {
  for (const [at, given] of names.entries())
    if (names.indexOf(given) < at)
      yield {
        path: `${path}[${String(at)}].${key}`,
        message: `given "${given}", which is in the list already; allowed: each once`,
      };
}
