import type { Command } from "commander";

import type { FitOptions } from "../fit";
import type { InitOptions } from "../init";
import { print } from "../terminal";
import { deliver, type OutputFlags, viewOf, withOutput } from "./output-option";

/** Adds `lakehouse init` and `lakehouse fit`. Modules are loaded on first use. */
export function addFitting(program: Command): void {
  program.commandsGroup("Machines:");
  withMachines(program.command("init <name>"))
    .description("write Pulumi.<name>.yaml for your machines, with the largest sizes that fit, into this folder")
    .option("--force", "replace a file that is there")
    .action(async (name: string, flags: InitOptions) => {
      const { initCommand } = require("../init") as typeof import("../init");
      const { terminalAsk } = require("../questions") as typeof import("../questions");
      const terminal = flags.fromCluster === undefined && flags.nodes === undefined ? terminalAsk() : undefined;
      try {
        await print(await initCommand(name, flags, process.cwd(), terminal?.ask));
      } finally {
        terminal?.end();
      }
    });

  withOutput(withMachines(program.command("fit")))
    .description("show what fits: presets, systems and their largest sizes, for a stack's machines or for given ones")
    .option("-s, --stack <name>", "the stack: Pulumi.<name>.yaml; default: homelab, unless machines are given")
    .option("--config-file <path>", "read the settings from another file")
    .option("--need <needs>", "sizes for what is needed: events=1M/s,stored=5PB,users=50k,scan=10TB")
    .option("--json", "the same as JSON")
    .action(async (flags: FitOptions & OutputFlags) => {
      const { fitCommand } = require("../fit") as typeof import("../fit");
      const { text, fits } = await fitCommand(flags, viewOf(flags));
      await deliver(text, flags);
      process.exitCode = fits ? 0 : 1;
    });
}

/** Where machines come from, and what is to run on them. */
const withMachines = (command: Command): Command =>
  command
    .option("--nodes <count>", "number of machines")
    .option("--memory <size>", "memory of one machine, such as 96Gi")
    .option("--cpu <cores>", "cores of one machine")
    .option("--system <size>", "memory of each that the system keeps; default: as much as GKE keeps")
    .option(
      "--from-cluster [files...]",
      "read the machines by kubectl, or from files of `kubectl get nodes,pods,storageclasses -A -o json`",
    )
    .option("--context <name>", "context of the kubeconfig")
    .option("--with <systems>", "optional systems, such as kafka,flink")
    .option(
      "--objects <kind>",
      "object store: s3 or ceph, which are there, or minio or seaweedfs, which are deployed; default: what is found, else minio",
    )
    .option("--endpoint <url>", "URL of the S3 service; with minio the host where `pulumi up` reaches it")
    .option("--endpoint-cidr <ranges>", "addresses of the S3 service")
    .option("--cert-manager", "cert-manager is in the cluster");
