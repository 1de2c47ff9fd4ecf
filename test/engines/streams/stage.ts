import { startStage, startStreams } from "../../../sandbox/engines/stage";
import { staged } from "../stage";

/** The started engines, for use within tests and hooks. */
export const stage = staged(startStage, startStreams);
