import type { Mistake } from "../../fields/mistakes";
import type { OpensearchSettings } from "./settings";

const PATH = "lakehouse:storage.opensearch";

/** Nodes vote on who leads: of two neither may go on without the other. */
export function* cluster({ data, manager, indices, users, snapshots, image }: OpensearchSettings): Generator<Mistake> {
  if (manager.replicas === 1 || manager.replicas === 2)
    yield {
      path: `${PATH}.manager.replicas`,
      message: `given ${String(manager.replicas)}; allowed: 0, or at least 3, so that the others lead while one is away`,
    };
  if (data.replicas === 2 && manager.replicas === 0)
    yield {
      path: `${PATH}.data.replicas`,
      message: "given 2, which lead the cluster too; allowed: 1, or at least 3, or 3 managers beside them",
    };
  if (snapshots.method === "s3" && image === undefined)
    yield {
      path: `${PATH}.snapshots.method`,
      message: `given s3, which upstream's image has no plugin for; allowed: off, or ${PATH}.image with repository-s3 in it (docs/systems/opensearch.md)`,
    };
  yield* twice(
    `${PATH}.indices`,
    indices.map(({ name }) => name),
  );
  yield* twice(
    `${PATH}.users`,
    users.map(({ name }) => name),
  );
}

function* twice(path: string, names: readonly string[]): Generator<Mistake> {
  for (const [at, name] of names.entries())
    if (names.indexOf(name) < at)
      yield { path: `${path}[${String(at)}].name`, message: `given "${name}" again; allowed: a name of its own` };
}
