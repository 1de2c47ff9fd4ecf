import type { Allowed } from "./allowance";
import { described } from "./described";

export type { Allowed, Kind } from "./allowance";

const EVERY_ENGINE: readonly Allowed[] = [
  {
    file: /^jvm$/,
    key: /^JAVA_TOOL_OPTIONS$/,
    kind: "added",
    why: "the second JIT compiler does not pay off in engines that run for minutes; many engines share one machine, without a pod's CPU limit, and must not use its folder of temporary files",
  },
];

/** Allowed differences of all engines. */
export const ALLOWED: readonly Allowed[] = [...EVERY_ENGINE, ...described.flatMap(({ allowed }) => allowed)];
