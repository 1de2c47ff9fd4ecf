import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { OutputFolder } from "../../cli/output";
import { type Planned, planStack, type PlanOptions } from "../../cli/plan";
import { PROJECT_FOLDER } from "../../cli/project";
import type { Recorded } from "../../cli/recorder";
import { readStackFile } from "../../cli/stack-file";

export const STACKS = ["dev", "homelab", "prod"] as const;
export type StackName = (typeof STACKS)[number];

/** Plans a shipped stack as the command does, without writing anything into the project. */
export async function planned(stack: StackName, options?: PlanOptions): Promise<Planned> {
  const folder = mkdtempSync(join(tmpdir(), "lakehouse-plan-"));
  try {
    return await planStack(readStackFile(PROJECT_FOLDER, stack), new OutputFolder(join(folder, stack)), options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the program registers for a stack. */
export async function recorded(stack: StackName): Promise<readonly Recorded[]> {
  let all: readonly Recorded[] = [];
  await planned(stack, {
    sabotage: (resources) => {
      all = [...resources];
      return resources;
    },
  });
  return all;
}
