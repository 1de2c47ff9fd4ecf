import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Command, CommanderError } from "commander";

import { exitCode } from "../planner/verdict";
import { InputError } from "../preview/input-error";
import { addFitting } from "./fitting";
import { addLocal } from "./local/command";
import { OutputFolder, PLAN_FILE } from "../preview/output";
import { PackProcess } from "../preview/pack-process";
import type { Planned } from "../preview/plan";
import type { CostFlags } from "./cost";
import { Progress } from "./progress";
import { PACK_FOLDER, PROJECT_FOLDER, stackFolder } from "../preview/project";
import type { ReviewFlags } from "./review";
import { beforeSignals, coloured, printErrors, sanitize, safeJson, listenToStreams, print } from "./terminal";

/** Exit codes: 0 for success, 1 if the stack does not fit or violates a policy, 2 for invalid input, 70 for an internal error. */
const BAD_INPUT = 2;

interface StackOptions {
  readonly stack: string;
  readonly configFile?: string;
  readonly out?: string;
  readonly acknowledge?: string;
}

interface PlanFlags extends StackOptions {
  readonly against?: string;
  readonly details?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly html?: boolean;
}

const program = new Command("lakehouse")
  .description("Plan, check and render a lakehouse stack, without a cluster, a login or a network")
  .exitOverride()
  .configureOutput({ outputError: () => undefined });

const stackCommand = (name: string, description: string) =>
  program
    .command(name)
    .description(description)
    .option("-s, --stack <name>", "the stack: Pulumi.<name>.yaml", "homelab")
    .option("--config-file <path>", "read the settings from another file")
    .option("--out <folder>", "folder for the output; default: out beside the stack's file");

stackCommand("plan", "show the plan of the stack: resources, nodes, policies, cost, changes")
  .option("--acknowledge <token>", "accept the loss of stored data that a refused plan listed; its token is valid once")
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
    await print(rendered(plan, flags), { colour: coloured() });
    process.exitCode = exitCode(plan);
  });

stackCommand("render", "write the manifests of the stack, and print their folder")
  .option("--acknowledge <token>", "accept the loss of stored data that a refused plan listed; its token is valid once")
  .action(async (flags: StackOptions) => {
    const { plan, files, folder } = await planAndWrite(flags);
    await print(`${String(files.size)} files in ${folder}\n`);
    process.exitCode = exitCode(plan);
  });

program
  .command("review")
  .description("plan every stack against the commit where this branch began, as one comment on a pull request")
  .option("--against <ref>", "the target branch; default: that of the pull request in CI of GitHub or GitLab")
  .option("-s, --stack <names...>", "only these stacks")
  .option("--acknowledge <tokens...>", "accept losses of stored data that an earlier review listed")
  .option("--comment", "write the comment to the pull request, or edit it in place")
  .action(async (flags: ReviewFlags) => {
    const { reviewCommand } = require("./review") as typeof import("./review");
    const { text, exitCode: code, comment } = await reviewCommand(flags, process.env);
    await print(text);
    if (comment !== undefined) printErrors(comment);
    process.exitCode = code;
  });

stackCommand("cost", "show what the stack or a preset costs a month: by line, by system, and what no pod uses")
  .option("--preset <name>", "a preset in place of a stack")
  .option("--book <name>", "prices: founding, usage, hardware, or a file such as ./prices.yaml; default: the stack's")
  .option("--json", "the cost as JSON")
  .action(async (flags: CostFlags) => {
    const { costCommand } = require("./cost") as typeof import("./cost");
    const color = coloured();
    await print(costCommand(flags, { color, width: process.stdout.columns || 100 }), { colour: color });
  });

stackCommand("validate", "check only the settings").action(async (flags: StackOptions) => {
  const { stackSettings } = plans();
  const { readStackFile } = stackFiles();
  const { namedNodes } = require("../components/cluster/settings") as typeof import("../components/cluster/settings");
  const settings = stackSettings(readStackFile(stackFolder(flags.stack), flags.stack, flags.configFile));
  await print(`${flags.stack}: settings are valid, ${String(namedNodes(settings.nodes).length)} nodes\n`);
});

stackCommand("sandbox", "deploy the stack to a real control plane with simulated nodes, and show the node of each pod")
  .option("--keep", "leave the sandbox running")
  .option("--stop", "stop a sandbox that was left running")
  .option("--limit", "limit the nodes to what the plan may fill, without the buffer")
  .option("--tools <folder>", "use etcd, kube-apiserver, ... from this folder if they are there")
  .action(async (flags: StackOptions & { keep?: boolean; stop?: boolean; limit?: boolean; tools?: string }) => {
    const { sandbox } = require("./sandbox") as typeof import("./sandbox");
    const config = stackFiles().readStackFile(stackFolder(flags.stack), flags.stack, flags.configFile);
    const { keep = false, stop = false, limit = false, tools } = flags;
    await sandbox(config, { keep, stop, limit, ...(tools === undefined ? {} : { tools }) });
  });

stackCommand("taints", "show the pool taints that nodes lack, or set them and keep all other taints; needs kubectl")
  .option("--apply", "set the taints")
  .option("--context <name>", "context of the kubeconfig")
  .action(async (flags: StackOptions & { apply?: boolean; context?: string }) => {
    const { taintsCommand } = require("./taints") as typeof import("./taints");
    const settings = plans().stackSettings(
      stackFiles().readStackFile(stackFolder(flags.stack), flags.stack, flags.configFile),
    );
    const { apply = false, context } = flags;
    await print(await taintsCommand(settings, { apply, ...(context === undefined ? {} : { context }) }));
  });

program
  .command("images")
  .description("list every image with its tag, licence and locked digest")
  .option("--lock", "ask each registry for the digest behind the tag (network), and write images.lock.json")
  .action(async ({ lock }: { readonly lock?: boolean }) => {
    const { imagesCommand } = require("./images") as typeof import("./images");
    const { text, complete } = await imagesCommand(lock === true);
    await print(text);
    process.exitCode = complete ? 0 : 1;
  });

program
  .command("outdated")
  .description("compare every pinned image, chart and library with the newest version in its registry (network)")
  .option("--maven <url>", "Maven repository of libraries; default: Maven Central")
  .option("--json", "the table as JSON")
  .action(async ({ maven, json }: { readonly maven?: string; readonly json?: boolean }) => {
    const { outdated, outdatedTable } = require("./outdated") as typeof import("./outdated");
    const rows = await outdated(maven === undefined ? {} : { maven });
    await print(json === true ? `${JSON.stringify(rows, null, 2)}\n` : outdatedTable(rows));
  });

program
  .command("charts")
  .description(
    "list the operators' charts, and whether each is in the local mirror charts/ or read from its repository",
  )
  .option("--mirror", "download missing charts (network), and write charts.lock.json")
  .action(async ({ mirror }: { readonly mirror?: boolean }) => {
    const { chartsCommand } = require("./charts") as typeof import("./charts");
    const { text, complete } = await chartsCommand(mirror === true);
    await print(text);
    process.exitCode = complete ? 0 : 1;
  });

program
  .command("schema")
  .description(
    "generate docs/settings.schema.json, docs/systems/, docs/runbooks.md, the picture in docs/architecture.md and the config block of Pulumi.yaml",
  )
  .action(async () => {
    const { jsonSchema, projectFile } = require("./settings-document") as typeof import("./settings-document");
    const project = join(PROJECT_FOLDER, "Pulumi.yaml");
    writeFileSync(join(PROJECT_FOLDER, "docs", "settings.schema.json"), jsonSchema());
    writeFileSync(project, projectFile(readFileSync(project, "utf8")));
    const { SYSTEM_PAGES, systemPages, withPicture } = require("./system-pages") as typeof import("./system-pages");
    const architecture = join(PROJECT_FOLDER, "docs", "architecture.md");
    writeFileSync(architecture, withPicture(readFileSync(architecture, "utf8")));
    for (const [file, text] of systemPages()) writeFileSync(join(SYSTEM_PAGES, file), text);
    const { RUNBOOKS_PAGE, runbooksPage } = require("./runbooks-page") as typeof import("./runbooks-page");
    writeFileSync(RUNBOOKS_PAGE, runbooksPage(readFileSync(RUNBOOKS_PAGE, "utf8")));
    await print(
      "docs/settings.schema.json, docs/systems/, docs/runbooks.md, docs/architecture.md and Pulumi.yaml are up to date\n",
    );
  });

addLocal(program, print);
addFitting(program, print);

/** Writes the plan. A refused plan goes to a folder beside the last good one, and the next plan is compared with the good one. */
async function planAndWrite(flags: PlanFlags): Promise<Planned & { readonly folder: string }> {
  const { stack, configFile, acknowledge, against = "last" } = flags;
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
    const config = stackFiles().readStackFile(stackFolder(stack), stack, configFile);
    if (out === "") throw new InputError(['--out: given ""; allowed: a folder']);
    const output = new OutputFolder(join(out, stack));
    const options = { pack, progress: progress.update, ...(acknowledge === undefined ? {} : { acknowledge }) };
    if (against !== "last") {
      const { baseline } = require("../preview/against") as typeof import("../preview/against");
      const base = Promise.resolve(baseline(against, config));
      // The program runs meanwhile; a base that cannot be had is told when it is needed.
      base.catch(() => undefined);
      return { ...(await plans().planStack(config, output, { ...options, against: base })), folder: "" };
    }
    const planned = await plans().planStack(config, output, options);
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

// Loaded on first use, so that each command starts without the modules of the others.
const plans = () => require("../preview/plan") as typeof import("../preview/plan");
const stackFiles = () => require("../preview/stack-file") as typeof import("../preview/stack-file");
const markdown = () => require("../planner/report/markdown") as typeof import("../planner/report/markdown");
const html = () => require("../planner/report/html") as typeof import("../planner/report/html");
const text = () => require("../planner/report/text") as typeof import("../planner/report/text");

function rendered(plan: Planned["plan"], flags: PlanFlags): string {
  if (flags.json === true) return safeJson(plan);
  if (flags.markdown === true) return markdown().renderMarkdown(plan);
  if (flags.html === true) return html().renderHtml(plan);
  const { renderText } = text();
  return renderText(plan, { color: coloured(), width: process.stdout.columns || 100, details: flags.details === true });
}

async function main(): Promise<void> {
  listenToStreams();
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    process.exitCode = BAD_INPUT;
    const { notInstalled } = require("../scripts/not-installed.js") as {
      readonly notInstalled: (error: unknown) => string | undefined;
    };
    const missing = notInstalled(error);
    if (missing !== undefined) printErrors(missing);
    else if (error instanceof InputError) printErrors(...error.lines);
    else if (error instanceof Error && error.name === "InputError") printErrors(...error.message.split("\n"));
    else if (error instanceof CommanderError) printErrors(`${error.message}; see lakehouse --help`);
    else {
      process.exitCode = 70;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`lakehouse: internal error: ${sanitize(text)}\n`);
    }
  }
}

void main();
