import { capacityFaults } from "./capacity";
import type { Fault } from "./fault";
import { kindFaults } from "./kinds";
import { networkFaults } from "./network";
import { podFaults } from "./pods";
import { storageFaults } from "./storage";
import { supplyFaults } from "./supply";

/** At least one fault for each policy of the pack, in the order of `policies.ts`. */
export const faults: readonly Fault[] = [
  ...kindFaults,
  ...capacityFaults,
  ...networkFaults,
  ...podFaults,
  ...supplyFaults,
  ...storageFaults,
];
