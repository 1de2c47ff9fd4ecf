import type { Command } from "commander";

import { stacksFolder } from "../../inputs/project";
import type { CostFlags } from "../cost";
import type { SettingsFlags } from "../settings";
import { print, safeJson } from "../terminal";
import { deliver, type OutputFlags, viewOf, withOutput } from "./output-option";
import { stackCommand, stackConfig, type StackFlags, unusedOut } from "./stack-options";

/** Adds the commands that work from the settings of stacks, without a plan. Modules are loaded on first use. */
export function addStack(program: Command): void {
  program.commandsGroup("Stacks:");
  const command = (name: string, description: string) =>
    stackCommand(program, name, description).addOption(unusedOut());

  withOutput(program.command("stacks"))
    .description("list the stacks of this folder: nodes, preset, what is on")
    .option("--json", "the list as JSON")
    .action(async (flags: OutputFlags & { json?: boolean }) => {
      const { stacksCommand } = require("../stacks") as typeof import("../stacks");
      await deliver(stacksCommand(stacksFolder(), flags, viewOf(flags)), flags);
    });

  withOutput(
    stackCommand(program, "settings", "show the value of every setting, and what says it: file, preset or default"),
  )
    .argument("[path]", "only those below it, such as query.trino")
    .option("--presets", "what each preset says, in place of a stack's settings")
    .option("--json", "the settings as JSON")
    .action(async (path: string | undefined, flags: StackFlags & OutputFlags & SettingsFlags) => {
      const { presetsCommand, settingsCommand } = require("../settings") as typeof import("../settings");
      const text =
        flags.presets === true
          ? presetsCommand(path, flags, viewOf(flags))
          : settingsCommand(stackConfig(flags), path, flags, viewOf(flags));
      await deliver(text, flags);
    });

  withOutput(command("cost", "show what the stack or a preset costs a month: by line, by system, and what no pod uses"))
    .option("--preset <name>", "a preset in place of a stack")
    .option("--book <name>", "prices: founding, usage, hardware, or a file such as ./prices.yaml; default: the stack's")
    .option("--json", "the cost as JSON")
    .action(async (flags: CostFlags & OutputFlags) => {
      const { costCommand } = require("../cost") as typeof import("../cost");
      await deliver(costCommand(flags, viewOf(flags)), flags);
    });

  withOutput(command("validate", "check only the settings; mistakes come with line and column"))
    .option("--json", "the result as JSON, mistakes too")
    .action(async (flags: StackFlags & OutputFlags & { json?: boolean }) => {
      const { namedNodes } =
        require("../../components/cluster/settings") as typeof import("../../components/cluster/settings");
      const nodes = namedNodes(plans().stackSettings(stackConfig(flags)).nodes).length;
      const { stack } = flags;
      await deliver(
        flags.json === true ? safeJson({ stack, nodes }) : `${stack}: settings are valid, ${String(nodes)} nodes\n`,
        flags,
      );
    });

  command("sandbox", "deploy the stack to a real control plane with simulated nodes, and show the node of each pod")
    .option("--keep", "leave the sandbox running")
    .option("--stop", "stop a sandbox that was left running")
    .option("--limit", "limit the nodes to what the plan may fill, without the buffer")
    .option("--tools <folder>", "use etcd, kube-apiserver, ... from this folder if they are there")
    .action(async (flags: StackFlags & { keep?: boolean; stop?: boolean; limit?: boolean; tools?: string }) => {
      const { sandbox } = require("../sandbox") as typeof import("../sandbox");
      const { keep = false, stop = false, limit = false, tools } = flags;
      await sandbox(stackConfig(flags), { keep, stop, limit, ...(tools === undefined ? {} : { tools }) });
    });

  command("taints", "show the pool taints that nodes lack, or set them and keep all other taints; needs kubectl")
    .option("--apply", "set the taints")
    .option("--context <name>", "context of the kubeconfig")
    .action(async (flags: StackFlags & { apply?: boolean; context?: string }) => {
      const { taintsCommand } = require("../taints") as typeof import("../taints");
      const settings = plans().stackSettings(stackConfig(flags));
      const { apply = false, context } = flags;
      await print(await taintsCommand(settings, { apply, ...(context === undefined ? {} : { context }) }));
    });
}

const plans = () => require("../../preview/plan") as typeof import("../../preview/plan");
