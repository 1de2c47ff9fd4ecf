import { basename, join, posix, resolve } from "node:path";

import { stackFolder } from "../inputs/project";
import { InputError } from "../inputs/input-error";
import { inRepository } from "../preview/git";
import { ToolFolder } from "../preview/output";
import type { Recorded } from "../preview/recorder";
import type { Plan } from "../planner/plan";
import type { Place } from "../packaging";
import { type Packaging, PACKAGINGS } from "../packaging/unit";
import { stackConfig, type StackFlags } from "./commands/stack-options";
import { printErrors } from "./terminal";

const isTool = (name: string): name is Packaging => (PACKAGINGS as readonly string[]).includes(name);

export interface ForToolFlags extends StackFlags {
  readonly as?: string;
  readonly output?: string;
  readonly repository?: string;
  readonly folder?: string;
}

/** What is written once a stack is planned: it returns what is said about it. */
type Write = (plan: Plan, resources: readonly Recorded[]) => string;

/**
 * `lakehouse render --as`: checks what was given before any work.
 * @returns undefined where no other tool is asked for
 * @throws InputError
 */
export function forTool(flags: ForToolFlags): Write | undefined {
  const { as: tool, output, stack } = flags;
  if (tool === undefined) {
    const [given] = (["output", "repository", "folder"] as const).filter((name) => flags[name] !== undefined);
    if (given !== undefined)
      throw new InputError([
        `--${given}: allowed with --as ${PACKAGINGS.join("|")} only; --out is the manifests' folder`,
      ]);
    return undefined;
  }
  if (!isTool(tool)) throw new InputError([`--as: given ${JSON.stringify(tool)}; allowed: ${PACKAGINGS.join(", ")}`]);
  if (output === "") throw new InputError(['--output: given ""; allowed: a folder']);
  const folder = output ?? join(stackFolder(stack), "out", `${stack}.${tool}`);
  const place = placeOf(resolve(folder), flags);
  const config = stackConfig(flags);
  const target = new ToolFolder(resolve(folder), { stack, role: `${tool} files` });
  return (plan, resources) => {
    if (plan.verdict !== "ok") {
      printErrors(
        `the plan of ${stack} is refused (${plan.verdict}), so nothing was written; lakehouse plan -s ${stack} says why`,
      );
      return "";
    }
    const { contents, packaged } = require("../packaging") as typeof import("../packaging");
    const { stackSettings } = require("../preview/plan") as typeof import("../preview/plan");
    const files = packaged(contents(stack, resources, stackSettings(config)), tool, place);
    target.write(files);
    if (tool === "argocd" && place.repository === UNKNOWN)
      printErrors(
        `--repository: not given, and the folder is in no checkout with a remote origin, so Applications name ${UNKNOWN}`,
      );
    return `${String(files.size)} files in ${folder}; README.md there says how to apply them\n`;
  };
}

/** Stands in for a repository that is not known. */
const UNKNOWN = "https://git.example.com/lakehouse.git";

/** Where the files will be for tools that read a git repository: as in the checkout around the folder. */
function placeOf(folder: string, { repository, folder: path }: ForToolFlags): Place {
  const mistakes = [
    ...(repository !== undefined && !isRepository(repository)
      ? [
          "--repository: not the URL of a git repository; allowed: https://… or ssh://… without a password, or git@host:path",
        ]
      : []),
    ...(path !== undefined && !isPath(path)
      ? [
          `--folder: given ${JSON.stringify(path)}; allowed: a path from the top of the repository, such as clusters/prod`,
        ]
      : []),
  ];
  if (mistakes.length > 0) throw new InputError(mistakes);
  const found = inRepository(folder);
  const remote = found?.remote;
  return {
    repository: repository ?? (remote !== undefined && isRepository(remote) ? remote : UNKNOWN),
    folder: path === undefined ? (found?.folder ?? basename(folder)) : posix.normalize(path).replace(/^\.$|\/+$/, ""),
  };
}

/** A password in it would be in every file. */
const isRepository = (url: string) =>
  /^(https?:\/\/|ssh:\/\/([\w.-]+@)?)[\w.-]+(:\d+)?\/\S+$|^[\w.-]+@[\w.-]+:\S+$/.test(url);
const isPath = (path: string) => !path.startsWith("/") && !/\s/.test(path) && !path.split("/").includes("..");
