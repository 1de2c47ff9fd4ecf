import { startStage, startStreams } from "../../../sandbox/engines/stage";
import { staged } from "../stage";

/** The engines, once they have started: for use within tests and hooks. */
export const stage = staged(startStage, startStreams);
