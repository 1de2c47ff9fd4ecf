import { startSpark } from "../../../sandbox/engines/spark";
import { staged } from "../stage";

/** The engines, once they have started: for use within tests and hooks. */
export const stage = staged(async ({ ground }) => ({ spark: await startSpark(ground) }));
