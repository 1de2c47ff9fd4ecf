import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

import type { Plan } from "../planner/plan";
import type { Baseline } from "./changes";
import { checkOut, type Commit, commitName, commitOf } from "./git";
import { InputError } from "../inputs/input-error";
import { type Base, readBase, readPlan } from "./output";
import { PROJECT_FOLDER } from "../inputs/project";
import type { StackConfig } from "../inputs/stack-file";

/** The plan that a stack is compared with, when it is not the last one of `out/`. */

export const ALLOWED = "last, a folder with a plan, a plan.json, or a git ref such as main";

/**
 * @param given a folder with a plan, a `plan.json`, or a name of a commit
 * @throws InputError if it is none of them
 */
export function baseline(given: string, config: StackConfig): Baseline | Promise<Baseline> {
  const stored = storedPlan(given, config.stack);
  if (stored !== undefined) return stored;
  // Settings may stand outside of a repository.
  for (const folder of [config.folder ?? PROJECT_FOLDER, PROJECT_FOLDER]) {
    const commit = commitOf(folder, given);
    if (commit !== undefined) return plannedAt(commit, config.stack, folder);
  }
  throw new InputError([`--against: given ${JSON.stringify(given)}, neither a plan nor a commit; allowed: ${ALLOWED}`]);
}

function storedPlan(given: string, stack: string): Baseline | undefined {
  const found = statSync(given, { throwIfNoEntry: false });
  if (found?.isFile() === true) {
    const plan = readPlan(given);
    if (plan === undefined) throw new InputError([`--against ${given}: not a plan; allowed: ${ALLOWED}`]);
    const whole = existsSync(join(dirname(given), "manifests")) ? readBase(dirname(given)) : undefined;
    return checked({ name: given, plan, ...(whole !== undefined && { files: whole.files }) }, stack);
  }
  const base = [given, join(given, stack)].map((folder) => (found === undefined ? undefined : readBase(folder)));
  const [whole] = base.filter((each) => each !== undefined);
  return whole === undefined ? undefined : checked({ name: given, ...whole }, stack);
}

function checked(found: Baseline, stack: string): Baseline {
  if (found.plan.stack === stack) return found;
  throw new InputError([
    `--against ${found.name}: a plan of stack ${JSON.stringify(found.plan.stack)}; allowed: one of ${stack}`,
  ]);
}

/**
 * The plan of a commit: by the commit's own program, so that changes of the program are seen as well as those of settings. A commit
 * without the program, or whose program does not run, is planned by this one.
 * @param folder of the stack's file, in a git repository
 */
export async function plannedAt(commit: Commit, stack: string, folder: string): Promise<Baseline> {
  const file = `Pulumi.${stack}.yaml`;
  const name = commitName(commit);
  const into = mkdtempSync(join(tmpdir(), "lakehouse-against-"));
  try {
    const tree = checkOut(folder, commit.id, into);
    if (tree === undefined) throw new InputError([`--against ${commit.ref}: git cannot read its files`]);
    if (!existsSync(join(tree, file)))
      return { name: `${name}, without ${stack}`, plan: empty(stack), files: new Map() };
    const out = join(into, "out");
    const own = isProgram(tree) ? await planned(tree, out, stack, []) : undefined;
    if (own !== undefined) return { name, ...own };
    const today = await planned(PROJECT_FOLDER, out, stack, ["--config-file", join(tree, file)]);
    if (today !== undefined) return { name: `${name}, its settings by today's program`, ...today };
    throw new InputError([`--against ${commit.ref}: ${file} of it has no plan`]);
  } finally {
    rmSync(into, { recursive: true, force: true });
  }
}

/** Whether a folder has the program. It runs with the libraries that are installed for this one. */
function isProgram(tree: string): boolean {
  if (!existsSync(join(tree, "bin", "lakehouse.js")) || resolve(tree) === resolve(PROJECT_FOLDER)) return false;
  for (const folder of ["node_modules", join("policies", "node_modules")]) {
    const installed = join(PROJECT_FOLDER, folder);
    if (existsSync(installed) && !existsSync(join(tree, folder)))
      symlinkSync(installed, join(tree, folder), "junction");
  }
  return true;
}

/** What a project's command plans, good or refused; undefined if it fails. */
async function planned(
  project: string,
  out: string,
  stack: string,
  more: readonly string[],
): Promise<Base | undefined> {
  const args = ["plan", "--stack", stack, "--out", out, "--json", ...more];
  const child = spawn(process.execPath, [join(project, "bin", "lakehouse.js"), ...args], {
    cwd: project,
    stdio: "ignore",
  });
  const end = () => child.kill();
  process.once("exit", end);
  await new Promise<void>((done) => {
    child.once("error", () => {
      done();
    });
    child.once("close", () => {
      done();
    });
  });
  process.removeListener("exit", end);
  return readBase(join(out, stack)) ?? readBase(join(out, `${stack}.refused`));
}

/** The plan of a stack that is not there. */
function empty(stack: string): Plan {
  return {
    version: 1,
    stack,
    verdict: "ok",
    resources: { total: 0, byType: {}, create: [], change: [], delete: [], replace: [] },
    nodes: [],
    unplaced: [],
    policies: { passed: 0, failed: [] },
    cost: { currency: "", book: "", source: "", date: "", monthly: 0, lines: [], systems: [] },
    links: [],
    outputs: {},
  };
}
