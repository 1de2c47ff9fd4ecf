import { deepEqual } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { until } from "../../../sandbox/core/until";
import type { Engine } from "../../../sandbox/engines/engine";
import type { Ground } from "../../../sandbox/engines/ground";
import { startMetastore } from "../../../sandbox/engines/metastore/metastore";
import { LockingWriter } from "../../../sandbox/engines/metastore/lock";
import { stage } from "./stage";

/** Milliseconds: longer than the shortened timeout and one interval of the housekeeper. */
const LONG = 15_000;

describe("the metastore", () => {
  let ground: Ground;
  let metastore: Engine;

  // A second server on the same database with short timeouts; the first one has the rendered ones.
  before(async () => {
    ground = await stage().ground.with(stage().ground.rendered, "thrift", "metastoreMetrics");
    metastore = await startMetastore(ground, "metastore-locks", true);
  });
  after(() => metastore.stop());

  it("keeps a lock while its client sends heartbeats, and expires it when the client dies, so that the next client gets it", async () => {
    const first = await LockingWriter.start(ground, "writer-first", "orders");
    const next = await LockingWriter.start(ground, "writer-next", "orders");
    await sleep(LONG);
    deepEqual([first.hasLock, next.waited, next.hasLock], [true, true, false]);
    await first.kill();
    await until("the next writer has the lock", () => Promise.resolve(next.hasLock));
    await next.kill();
  });
});
