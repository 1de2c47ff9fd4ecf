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

  it("of a client that died go within the timeout, and the next one has them", async () => {
    const dead = await LockingWriter.start(ground, "writer-dead", "left", 0);
    await dead.kill();
    const next = await LockingWriter.start(ground, "writer-next", "left");
    deepEqual([dead.hasLock, next.waited], [true, true]);
    await until("the next writer has the lock", () => Promise.resolve(next.hasLock));
    await next.kill();
  });

  it("of a client that lives stay, however long it takes", async () => {
    const living = await LockingWriter.start(ground, "writer-living", "kept");
    const next = await LockingWriter.start(ground, "writer-patient", "kept");
    await sleep(LONG);
    deepEqual([living.hasLock, next.waited, next.hasLock], [true, true, false]);
    await living.kill();
    await until("the next writer has the lock", () => Promise.resolve(next.hasLock));
    await next.kill();
  });
});
