import { join } from "node:path";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";

import { renderReview, type Reviewed, reviewExitCode } from "../planner/report/review";
import { plannedAt } from "../preview/against";
import { type Commit, commitName, commitOf, filesAt, mergeBase } from "../preview/git";
import { InputError } from "../inputs/input-error";
import { OutputFolder } from "../preview/output";
import { type Planned, planStack } from "../preview/plan";
import { stacks, stacksFolder } from "../inputs/project";
import { readStackFile } from "../inputs/stack-file";
import { type Forge, forge } from "./review/forge";

export interface ReviewFlags {
  readonly against?: string;
  readonly stack?: readonly string[];
  readonly acknowledge?: readonly string[];
  readonly comment?: boolean;
}

export interface Review {
  readonly text: string;
  readonly exitCode: 0 | 1 | 2;
  /** What became of the comment; undefined where none was asked for. */
  readonly comment: string | undefined;
}

/**
 * Plans every stack against the last commit that it has in common with the target branch.
 * @throws InputError
 */
export async function reviewCommand(flags: ReviewFlags, env: NodeJS.ProcessEnv): Promise<Review> {
  const request = forge(env);
  if (flags.comment === true && request === undefined)
    throw new InputError(["--comment: not in CI of a pull request of GitHub or a merge request of GitLab"]);
  const folder = stacksFolder();
  const base = baseOf(folder, flags.against ?? request?.base);
  const here = stacks(folder);
  const before = filesAt(folder, base.id).flatMap((path) => /^Pulumi\.(.+)\.yaml$/.exec(path)?.[1] ?? []);
  const asked = flags.stack ?? [...new Set([...here, ...before])].sort();
  const tokens = [...(flags.acknowledge ?? []), ...acknowledged(request)];
  const all: Reviewed[] = [];
  // One after the other: a plan takes both processors of a small machine.
  for (const stack of asked)
    all.push(here.includes(stack) ? await reviewed(folder, stack, base, tokens) : { stack, gone: true });
  const text = renderReview(all, commitName(base));
  const comment = flags.comment === true ? await commented(request, text) : undefined;
  return { text, exitCode: reviewExitCode(all), comment };
}

function baseOf(folder: string, given: string | undefined): Commit {
  if (given === undefined) throw new InputError(["--against: missing; allowed: a git ref such as origin/main"]);
  const commit = commitOf(folder, given);
  if (commit === undefined)
    throw new InputError([
      `--against: given ${JSON.stringify(given)}, no commit here; allowed: a git ref such as origin/main, with its history (fetch-depth: 0)`,
    ]);
  const common = mergeBase(folder, "HEAD", commit.id);
  if (common === undefined)
    throw new InputError([
      `--against: ${given} has no commit in common with HEAD here; allowed: a git ref with its history (fetch-depth: 0)`,
    ]);
  return { ref: common === commit.id ? commit.ref : common, id: common };
}

/** Tokens of losses that the author of a pull request accepts in its description. */
function acknowledged(request: Forge | undefined): string[] {
  return [...(request?.description ?? "").matchAll(/^\s*lakehouse acknowledge ([0-9a-f]{8})\s*$/gm)].map(
    ([, token = ""]) => token,
  );
}

async function reviewed(folder: string, stack: string, base: Commit, tokens: readonly string[]): Promise<Reviewed> {
  // Nothing of it is kept: a review is no plan that is accepted.
  const made = mkdtempSync(join(tmpdir(), "lakehouse-review-"));
  try {
    const config = readStackFile(folder, stack);
    const against = await plannedAt(base, stack, folder);
    const plan = (acknowledge?: string): Promise<Planned> =>
      planStack(config, new OutputFolder(join(made, stack)), {
        against,
        ...(acknowledge !== undefined && { acknowledge }),
      });
    const first = await plan();
    const { refused } = first;
    return { stack, plan: (refused !== undefined && tokens.includes(refused) ? await plan(refused) : first).plan };
  } catch (error) {
    if (error instanceof InputError) return { stack, mistakes: error.lines };
    throw error;
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** A comment that cannot be written, as from a fork, does not hide what the plans say. */
async function commented(request: Forge | undefined, text: string): Promise<string | undefined> {
  try {
    return await request?.comment(text);
  } catch (error) {
    return `no comment: ${error instanceof Error ? error.message : String(error)}`;
  }
}
