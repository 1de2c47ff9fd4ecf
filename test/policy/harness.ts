import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { OutputFolder } from "../../preview/output";
import { type Planned, planStack, type PlanOptions } from "../../preview/plan";
import type { Recorded } from "../../preview/recorder";
import { shippedConfig, type StackName } from "../support/stacks";

export { STACKS, type StackName } from "../support/stacks";

type Values = Readonly<Record<string, string>>;

/**
 * Plans a shipped stack like the command, without writing into the project.
 * @param more settings in addition to its file's, by key
 */
export async function planned(stack: StackName, options?: PlanOptions, more: Values = {}): Promise<Planned> {
  const folder = mkdtempSync(join(tmpdir(), "lakehouse-plan-"));
  try {
    const config = shippedConfig(stack);
    const values = { ...config.values, ...more };
    return await planStack({ ...config, values }, new OutputFolder(join(folder, stack)), options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Settings of a stack's file with additions in one section. */
export function having(stack: StackName, section: string, more: object): Record<string, string> {
  const key = `lakehouse:${section}`;
  const own = JSON.parse(shippedConfig(stack).values[key] ?? "{}") as object;
  return { [key]: JSON.stringify({ ...own, ...more }) };
}

/** Resources that the program registers for a stack. */
export async function recorded(stack: StackName): Promise<readonly Recorded[]> {
  return (await judged(stack)).resources;
}

/** Resources that the program registers for a stack, and its plan. */
export async function judged(stack: StackName, more?: Values) {
  let resources: readonly Recorded[] = [];
  const options: PlanOptions = {
    sabotage: (all) => {
      resources = [...all];
      return all;
    },
  };
  const { plan } = await planned(stack, options, more);
  return { resources, plan };
}
