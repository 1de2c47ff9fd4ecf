import { startSpark } from "../../../sandbox/engines/spark/spark";
import { startLake } from "../../../sandbox/engines/stage";
import { staged } from "../stage";

/** The started engines, for use within tests and hooks. */
export const stage = staged(startLake, async ({ ground }) => ({ spark: await startSpark(ground) }));
