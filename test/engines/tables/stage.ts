import { startSpark } from "../../../sandbox/engines/spark";
import { startStage } from "../../../sandbox/engines/stage";
import { staged } from "../stage";

/** The engines, once they have started: for use within tests and hooks. */
export const stage = staged(startStage, async ({ ground }) => ({ spark: await startSpark(ground) }));
