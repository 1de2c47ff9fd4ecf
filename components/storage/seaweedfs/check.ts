import type { Mistake } from "../../fields/mistakes";
import type { SeaweedfsSettings } from "./settings";

const PATH = "lakehouse:storage.objects";

/** Masters elect a leader by majority, and each copy of an object is on another server. */
export function* majorityAndCopies({ master, server, copies }: SeaweedfsSettings): Generator<Mistake> {
  if (master.replicas % 2 === 0)
    yield {
      path: `${PATH}.master.replicas`,
      message: `given ${String(master.replicas)}; allowed: an odd number, because one more would bear no more losses`,
    };
  if (server.replicas < copies)
    yield {
      path: `${PATH}.copies`,
      message: `given ${String(copies)} with ${String(server.replicas)} server(s); allowed: at most one copy a server`,
    };
}
