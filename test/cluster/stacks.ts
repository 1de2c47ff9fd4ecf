import { PROJECT_FOLDER } from "../../cli/project";
import { readStackFile, type StackConfig } from "../../cli/stack-file";
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

const asked = new Map<string, Promise<Stack>>();

/** A shipped stack; planned once, however many tests ask. */
export function stack(name: (typeof STACKS)[number]): Promise<Stack> {
  const found = asked.get(name) ?? stackOf(readStackFile(PROJECT_FOLDER, name));
  asked.set(name, found);
  return found;
}

/** A shipped stack of which one setting is another: `edited("homelab", "compute", "spark.executor.memory", "9Gi")`. */
export function edited(name: (typeof STACKS)[number], key: string, path: string, value: unknown): Promise<Stack> {
  const config: StackConfig = readStackFile(PROJECT_FOLDER, name);
  const settings = JSON.parse(config.values[`lakehouse:${key}`] ?? "{}") as Record<string, unknown>;
  const steps = path.split(".");
  const last = steps.pop() ?? "";
  const inner = steps.reduce((found, step) => found[step] as Record<string, unknown>, settings);
  inner[last] = value;
  return stackOf({ ...config, values: { ...config.values, [`lakehouse:${key}`]: JSON.stringify(settings) } });
}

/** Milliseconds: what is missing is built, which may take half an hour where others build too. */
const BUILDS = 3_600_000;

/** Starts a control plane, or says why it cannot and skips: what was not run has not passed. */
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
