import { deepEqual } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { until } from "../../../sandbox/core/until";
import type { Engine } from "../../../sandbox/engines/engine";
import type { Ground } from "../../../sandbox/engines/ground";
import { startMetastore } from "../../../sandbox/engines/metastore";
import { LockingWriter } from "../../../sandbox/engines/metastore-lock";
import { stage } from "./stage";

/** Milliseconds: longer than the shortened timeout and one look for it. */
const LONG = 15_000;

describe("locks of the metastore", () => {
  let ground: Ground;
  let metastore: Engine;

  // A second server on the same database, as in a cluster; the first one has the minutes of the rendered files.
  before(async () => {
    ground = await stage().ground.with(stage().ground.rendered, "thrift", "metastoreMetrics");
    metastore = await startMetastore(ground, "metastore-locks", true);
  });
  after(() => metastore.stop());

  it("of a client that lives stay, however long it takes; of one that dies they go, and the next one has them", async () => {
    const first = await LockingWriter.start(ground, "writer-first", "orders");
    const next = await LockingWriter.start(ground, "writer-next", "orders");
    await sleep(LONG);
    deepEqual([first.hasLock, next.waited, next.hasLock], [true, true, false]);
    await first.kill();
    await until("the next writer has the lock", () => Promise.resolve(next.hasLock));
    await next.kill();
  });
});
