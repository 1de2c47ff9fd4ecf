import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Command, CommanderError } from "commander";

import { exitCode } from "../planner/verdict";
import { InputError } from "./input-error";
import { addLocal } from "./local/command";
import { OutputFolder, PLAN_FILE } from "./output";
import { PackProcess } from "./pack-process";
import type { Planned } from "./plan";
import { Progress } from "./progress";
import { PACK_FOLDER, PROJECT_FOLDER } from "./project";
import { beforeSignals, complain, harmless, harmlessJson, listenToStreams, print } from "./terminal";

/** Exit codes: 0 fine, 1 does not fit or breaks a policy, 2 bad input. */
const BAD_INPUT = 2;

interface StackOptions {
  readonly stack: string;
  readonly configFile?: string;
  readonly out: string;
  readonly acknowledge?: string;
}

interface PlanFlags extends StackOptions {
  readonly details?: boolean;
  readonly json?: boolean;
  readonly markdown?: boolean;
  readonly html?: boolean;
}

const program = new Command("lakehouse")
  .description("Plan, check and render a lakehouse stack: no cluster, no login, no network")
  .exitOverride()
  .configureOutput({ outputError: () => undefined });

const stackCommand = (name: string, description: string) =>
  program
    .command(name)
    .description(description)
    .option("-s, --stack <name>", "the stack: Pulumi.<name>.yaml", "homelab")
    .option("--config-file <path>", "read the settings from another file")
    .option("--out <folder>", "where output goes", join(PROJECT_FOLDER, "out"));

stackCommand("plan", "what the stack would be: resources, nodes, policies, cost, changes")
  .option("--acknowledge <token>", "lose the stored data that a refused plan listed: its token, good once")
  .option("--details", "every resource, change, link and output")
  .option("--json", "the plan as JSON")
  .option("--markdown", "the plan for a pull request")
  .option("--html", "the plan as a web page")
  .action(async (flags: PlanFlags) => {
    const { plan } = await planAndWrite(flags);
    await print(rendered(plan, flags), { colour: coloured() });
    process.exitCode = exitCode(plan);
  });

stackCommand("render", "write the manifests of the stack, and say where")
  .option("--acknowledge <token>", "lose the stored data that a refused plan listed: its token, good once")
  .action(async (flags: StackOptions) => {
    const { plan, files, folder } = await planAndWrite(flags);
    await print(`${String(files.size)} files in ${folder}\n`);
    process.exitCode = exitCode(plan);
  });

stackCommand("validate", "check the settings only").action(async (flags: StackOptions) => {
  const { stackSettings } = plans();
  const { readStackFile } = stackFiles();
  const settings = stackSettings(readStackFile(PROJECT_FOLDER, flags.stack, flags.configFile));
  await print(`${flags.stack}: settings are valid, ${String(settings.nodes.length)} nodes\n`);
});

stackCommand("sandbox", "put the stack on a real control plane with simulated nodes, and show where each pod lands")
  .option("--keep", "leave it running")
  .option("--stop", "end one that was left running")
  .option("--limit", "let pods request no more of a node than the plan fills")
  .option("--tools <folder>", "take etcd, kube-apiserver, ... from this folder where it has them")
  .action(async (flags: StackOptions & { keep?: boolean; stop?: boolean; limit?: boolean; tools?: string }) => {
    const { sandbox } = require("./sandbox") as typeof import("./sandbox");
    const config = stackFiles().readStackFile(PROJECT_FOLDER, flags.stack, flags.configFile);
    const { keep = false, stop = false, limit = false, tools } = flags;
    await sandbox(config, { keep, stop, limit, ...(tools === undefined ? {} : { tools }) });
  });

stackCommand(
  "taints",
  "show which taints of pools the nodes lack, or set them beside those that the nodes have; needs kubectl",
)
  .option("--apply", "set them")
  .option("--context <name>", "context of the kubeconfig")
  .action(async (flags: StackOptions & { apply?: boolean; context?: string }) => {
    const { taintsCommand } = require("./taints") as typeof import("./taints");
    const settings = plans().stackSettings(stackFiles().readStackFile(PROJECT_FOLDER, flags.stack, flags.configFile));
    const { apply = false, context } = flags;
    await print(await taintsCommand(settings, { apply, ...(context === undefined ? {} : { context }) }));
  });

program
  .command("images")
  .description("every image with its tag, licence and locked digest")
  .option("--lock", "ask each registry for the digest behind the tag (network), and write images.lock.json")
  .action(async ({ lock }: { readonly lock?: boolean }) => {
    const { imagesCommand } = require("./images") as typeof import("./images");
    const { text, complete } = await imagesCommand(lock === true);
    await print(text);
    process.exitCode = complete ? 0 : 1;
  });

program
  .command("outdated")
  .description("every pinned image, chart and library against what its registry has now (network)")
  .option("--maven <url>", "repository of libraries; default: Maven Central")
  .option("--json", "the table as JSON")
  .action(async ({ maven, json }: { readonly maven?: string; readonly json?: boolean }) => {
    const { outdated, outdatedTable } = require("./outdated") as typeof import("./outdated");
    const rows = await outdated(maven === undefined ? {} : { maven });
    await print(json === true ? `${JSON.stringify(rows, null, 2)}\n` : outdatedTable(rows));
  });

program
  .command("charts")
  .description("which operators' charts are in the local mirror charts/, and which repositories previews need")
  .option("--mirror", "fetch what is missing (network), and write charts.lock.json")
  .action(async ({ mirror }: { readonly mirror?: boolean }) => {
    const { chartsCommand } = require("./charts") as typeof import("./charts");
    const { text, complete } = await chartsCommand(mirror === true);
    await print(text);
    process.exitCode = complete ? 0 : 1;
  });

program
  .command("schema")
  .description("write the settings' documentation: docs/settings.schema.json, and the config block of Pulumi.yaml")
  .action(async () => {
    const { jsonSchema, projectFile } = require("./settings-document") as typeof import("./settings-document");
    const project = join(PROJECT_FOLDER, "Pulumi.yaml");
    writeFileSync(join(PROJECT_FOLDER, "docs", "settings.schema.json"), jsonSchema());
    writeFileSync(project, projectFile(readFileSync(project, "utf8")));
    await print("docs/settings.schema.json and Pulumi.yaml are up to date\n");
  });

addLocal(program, print);

/** A plan that is not good is written beside the last good one, which stays what the next is compared with. */
async function planAndWrite(flags: StackOptions): Promise<Planned & { readonly folder: string }> {
  const { stack, configFile, out, acknowledge } = flags;
  // First of all: the pack gets ready on another core while everything else is loaded here.
  const pack = new PackProcess(PACK_FOLDER);
  const progress = new Progress(stack);
  const end = () => {
    progress.end();
    pack.stop();
  };
  const undo = beforeSignals(end);
  try {
    const config = stackFiles().readStackFile(PROJECT_FOLDER, stack, configFile);
    if (out === "") throw new InputError(['--out: given ""; allowed: a folder']);
    const output = new OutputFolder(join(out, stack));
    const options = { pack, progress: progress.update, ...(acknowledge === undefined ? {} : { acknowledge }) };
    const planned = await plans().planStack(config, output, options);
    const files = new Map([...planned.files, [PLAN_FILE, harmlessJson(planned.plan)]]);
    const good = planned.plan.verdict === "ok";
    if (good) output.write(files);
    else output.refuse(files);
    progress.end();
    if (!good) complain(refusal(stack, output.refused, planned.refused));
    return { ...planned, folder: good ? join(out, stack) : output.refused };
  } finally {
    end();
    undo();
  }
}

function refusal(stack: string, folder: string, token: string | undefined): string {
  const written = `${stack} ${token === undefined ? "is not good" : "would lose data"}: written to ${folder}`;
  const meant = token === undefined ? "" : `. If it is meant, make a backup and add --acknowledge ${token}`;
  return `${written}, and the next plan is compared with the same as this one${meant}`;
}

// Loaded when they are needed: nobody waits for what a command does not use.
const plans = () => require("./plan") as typeof import("./plan");
const stackFiles = () => require("./stack-file") as typeof import("./stack-file");
const markdown = () => require("../planner/report/markdown") as typeof import("../planner/report/markdown");
const html = () => require("../planner/report/html") as typeof import("../planner/report/html");
const text = () => require("../planner/report/text") as typeof import("../planner/report/text");

function rendered(plan: Planned["plan"], flags: PlanFlags): string {
  if (flags.json === true) return harmlessJson(plan);
  if (flags.markdown === true) return markdown().renderMarkdown(plan);
  if (flags.html === true) return html().renderHtml(plan);
  const { renderText } = text();
  return renderText(plan, { color: coloured(), width: process.stdout.columns || 100, details: flags.details === true });
}

const coloured = () => process.stdout.isTTY && process.stdout.hasColors();

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
    if (missing !== undefined) complain(missing);
    else if (error instanceof InputError) complain(...error.lines);
    else if (error instanceof Error && error.name === "InputError") complain(...error.message.split("\n"));
    else if (error instanceof CommanderError) complain(`${error.message}; see lakehouse --help`);
    else {
      process.exitCode = 70;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`lakehouse: internal error: ${harmless(text)}\n`);
    }
  }
}

void main();
