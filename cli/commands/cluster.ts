import type { Command } from "commander";

import type { ClusterFlags } from "../cluster";
import { print } from "../terminal";
import { stackCommand, stackConfig, type StackFlags } from "./stack-options";

/** Adds `lakehouse cluster …`. Modules are loaded on first use. */
export function addCluster(program: Command): void {
  const group = program
    .commandsGroup("Machines:")
    .command("cluster")
    .description("make a Kubernetes cluster for a stack: containers on this machine, or machines by Cluster API");
  const command = (name: string, description: string) =>
    stackCommand(group, name, description)
      .option("--provider <name>", "kind: containers on this machine; capi: Cluster API", "kind")
      .option("--infrastructure <file>", "with capi: templates of your machines; default: containers, for trials")
      .option("--out <folder>", "folder of its files; default: out beside the stack's file");
  const planes = [
    "--control-planes <count>",
    "with capi: where no node is one; default: 1 container, 3 machines",
  ] as const;
  const context = ["--context <name>", "with capi: the management cluster; default: one of kind is made"] as const;
  const cluster = () => require("../cluster") as typeof import("../cluster");
  type Flags = StackFlags & ClusterFlags;

  command("render", "write the files that the cluster is made from, and print their folder")
    .option(...planes)
    .action(async (flags: Flags) => {
      await print(cluster().renderCommand(stackConfig(flags), flags));
    });
  command(
    "create",
    "make the cluster with network and storage, so that `pulumi up` can follow; repeat it after a failure",
  )
    .option(...planes)
    .option(...context)
    .action(async (flags: Flags) => {
      process.exitCode = await cluster().createCommand(stackConfig(flags), flags);
    });
  command("delete", "delete the cluster with everything in it")
    .option(...context)
    .option("--yes", "confirm the removal")
    .action(async (flags: Flags) => {
      process.exitCode = await cluster().deleteCommand(stackConfig(flags), flags);
    });
}
