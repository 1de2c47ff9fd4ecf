import { PROJECT_FOLDER } from "../../inputs/project";
import { readStackFile, type StackConfig } from "../../inputs/stack-file";
import {
  API_SERVER,
  CONTROL_PLANE,
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
} from "../../sandbox/control-plane/control-plane";
import { MissingTool, obtainAll } from "../../sandbox/control-plane/obtain";
import { type Stack, stackOf } from "../../sandbox/control-plane/stack";
import type { ToolName } from "../../sandbox/control-plane/tools";

export const STACKS = ["dev", "homelab", "prod"] as const;

const planned = new Map<string, Promise<Stack>>();

/** A shipped stack, planned once for all tests. */
export function stack(name: (typeof STACKS)[number]): Promise<Stack> {
  const found = planned.get(name) ?? stackOf(readStackFile(PROJECT_FOLDER, name));
  planned.set(name, found);
  return found;
}

/** A shipped stack with one changed setting: `edited("homelab", "compute", "spark.executor.memory", "9Gi")`. */
export function edited(name: (typeof STACKS)[number], key: string, path: string, value: unknown): Promise<Stack> {
  const config: StackConfig = readStackFile(PROJECT_FOLDER, name);
  const settings = JSON.parse(config.values[`lakehouse:${key}`] ?? "{}") as Record<string, unknown>;
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  const inner = steps.reduce((found, step) => found[step] as Record<string, unknown>, settings);
  inner[last] = value;
  return stackOf({ ...config, values: { ...config.values, [`lakehouse:${key}`]: JSON.stringify(settings) } });
}

/** Milliseconds. Missing tools are built, which takes up to half an hour on a busy machine. */
const BUILDS = 3_600_000;

/** Starts a control plane, or prints why it cannot and skips the tests, so that they do not count as passed. */
export async function started(
  test: Mocha.Context,
  options: ControlPlaneOptions = {},
  more: readonly ToolName[] = [],
): Promise<ControlPlane> {
  test.timeout(BUILDS);
  try {
    await obtainAll([...(options.alone === true ? API_SERVER : CONTROL_PLANE), ...more]);
  } catch (error) {
    if (!(error instanceof MissingTool)) throw error;
    console.warn(`    SKIPPED: ${error.message}`);
    test.skip();
  }
  return startControlPlane({ name: "test", ...options });
}
