import { startSpark } from "../../../sandbox/engines/spark";
import { startLake } from "../../../sandbox/engines/stage";
import { staged } from "../stage";

/** The engines, once they have started: for use within tests and hooks. */
export const stage = staged(startLake, async ({ ground }) => ({ spark: await startSpark(ground) }));
