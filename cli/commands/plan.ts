import { join } from "node:path";

import type { Command } from "commander";

import { exitCode } from "../../planner/verdict";
import { InputError } from "../../inputs/input-error";
import { OutputFolder, PLAN_FILE } from "../../preview/output";
import { PackProcess } from "../../preview/pack-process";
import type { Planned } from "../../preview/plan";
import { PACK_FOLDER, stackFolder } from "../../inputs/project";
import { Progress } from "../progress";
import type { ForToolFlags } from "../render";
import type { ReviewFlags } from "../review";
import { beforeSignals, print, printErrors, safeJson } from "../terminal";
import { deliver, type OutputFlags, viewOf, withOutput } from "./output-option";
import { stackCommand, stackConfig, type StackFlags } from "./stack-options";

interface ToPlan extends StackFlags {
  readonly out?: string;
  readonly acknowledge?: string;
  readonly against?: string;
}

type RenderFlags = ToPlan & ForToolFlags;

interface PlanFlags extends ToPlan, OutputFlags {
  readonly details?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly html?: boolean;
}

const ACKNOWLEDGE = [
  "--acknowledge <token>",
  "accept the loss of stored data that a refused plan listed; its token is valid once",
] as const;
const OUT = ["--out <folder>", "folder for the manifests and plan.json; default: out beside the stack's file"] as const;

/** Adds the commands that run the program: `plan`, `render` and `review`. Modules are loaded on first use. */
export function addPlan(program: Command): void {
  program.commandsGroup("Plans:");
  withOutput(stackCommand(program, "plan", "show the plan of the stack: resources, nodes, policies, cost, changes"))
    .option(...OUT)
    .option(...ACKNOWLEDGE)
    .option(
      "--against <base>",
      "compare with another plan than the last one, and write nothing: a git ref, a folder, a plan.json",
    )
    .option("--details", "every resource, change, link and output")
    .option("--json", "the plan as JSON")
    .option("--markdown", "the plan for a pull request")
    .option("--html", "the plan as a web page")
    .action(async (flags: PlanFlags) => {
      const { plan } = await planAndWrite(flags);
      await deliver(await rendered(plan, flags), flags);
      process.exitCode = exitCode(plan);
    });

  stackCommand(program, "render", "write the manifests of the stack, and print their folder")
    .option(...OUT)
    .option(...ACKNOWLEDGE)
    .option("--as <tool>", "write them for another tool: kustomize, helm, argocd or flux")
    .option(
      "-o, --output <folder>",
      "folder for the files of --as; default: out/<stack>.<tool> beside the stack's file",
    )
    .option(
      "--repository <url>",
      "git repository that Argo CD will read the files from; default: origin of the checkout",
    )
    .option("--folder <path>", "folder of the files in that repository; default: as in the checkout")
    .action(async (flags: RenderFlags) => {
      const { forTool } = require("../render") as typeof import("../render");
      const write = forTool(flags);
      const { plan, files, folder, resources } = await planAndWrite(flags, write === undefined);
      if (write === undefined) await print(`${String(files.size)} files in ${folder}\n`);
      else await print(write(plan, resources));
      process.exitCode = exitCode(plan);
    });

  withOutput(program.command("review"))
    .description("plan every stack against the commit where this branch began, as one comment on a pull request")
    .option("--against <ref>", "the target branch; default: that of the pull request in CI of GitHub or GitLab")
    .option("-s, --stack <names...>", "only these stacks")
    .option("--acknowledge <tokens...>", "accept losses of stored data that an earlier review listed")
    .option("--comment", "write the comment to the pull request, or edit it in place")
    .action(async (flags: ReviewFlags & OutputFlags) => {
      const { reviewCommand } = require("../review") as typeof import("../review");
      const { text, exitCode: code, comment } = await reviewCommand(flags, process.env);
      await deliver(text, flags);
      if (comment !== undefined) printErrors(comment);
      process.exitCode = code;
    });
}

/**
 * Makes a plan and writes it. A refused plan goes to a folder beside the last good one, and the next plan is compared with the good one.
 * @param write false to leave the folders as they are
 */
async function planAndWrite(flags: ToPlan, write = true): Promise<Planned & { readonly folder: string }> {
  const { stack, acknowledge, against = "last" } = flags;
  const out = flags.out ?? join(stackFolder(stack), "out");
  // Started first, so that the pack loads on another core at the same time as this process.
  const pack = new PackProcess(PACK_FOLDER);
  const progress = new Progress(stack);
  const end = () => {
    progress.end();
    pack.stop();
  };
  const undo = beforeSignals(end);
  try {
    const config = stackConfig(flags);
    if (out === "") throw new InputError(['--out: given ""; allowed: a folder']);
    const output = new OutputFolder(join(out, stack));
    const options = { pack, progress: progress.update, ...(acknowledge === undefined ? {} : { acknowledge }) };
    if (against !== "last") {
      const { baseline } = require("../../preview/against") as typeof import("../../preview/against");
      const base = Promise.resolve(baseline(against, config));
      // The program runs meanwhile; a base that cannot be had is told when it is needed.
      base.catch(() => undefined);
      return { ...(await plans().planStack(config, output, { ...options, against: base })), folder: "" };
    }
    const planned = await plans().planStack(config, output, options);
    if (!write) return { ...planned, folder: "" };
    const files = new Map([...planned.files, [PLAN_FILE, safeJson(planned.plan)]]);
    const good = planned.plan.verdict === "ok";
    if (good) output.write(files);
    else output.refuse(files);
    progress.end();
    if (!good) printErrors(refusal(stack, output.refused, planned.refused));
    return { ...planned, folder: good ? join(out, stack) : output.refused };
  } finally {
    end();
    undo();
  }
}

function refusal(stack: string, folder: string, token: string | undefined): string {
  const written = `the plan of ${stack} ${token === undefined ? "is refused" : "would lose data and is refused"}: written to ${folder}`;
  const accept = token === undefined ? "" : `. To accept the loss, make a backup and add --acknowledge ${token}`;
  return `${written}; the last good plan stays the one to compare with${accept}`;
}

const plans = () => require("../../preview/plan") as typeof import("../../preview/plan");
const markdown = () => require("../../planner/report/markdown") as typeof import("../../planner/report/markdown");
const html = () => require("../../planner/report/html") as typeof import("../../planner/report/html");
const text = () => require("../../planner/report/text") as typeof import("../../planner/report/text");

async function rendered(plan: Planned["plan"], flags: PlanFlags): Promise<string> {
  if (flags.json === true) return safeJson(plan);
  if (flags.markdown === true) return markdown().renderMarkdown(plan);
  if (flags.html === true) return html().renderHtml(plan);
  return text().renderText(plan, { ...viewOf(flags), details: flags.details === true });
}
