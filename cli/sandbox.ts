import { rmSync } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";

import Table from "cli-table3";
import pico from "picocolors";

import type { Node } from "../components/core/node";
import { cacheFolder } from "../sandbox/core/cache";
import { running, stopAll } from "../sandbox/core/processes";
import { type ControlPlane, startControlPlane } from "../sandbox/control-plane/control-plane";
import { deploy, deployStandIns } from "../sandbox/control-plane/deploy";
import { simulatedNode } from "../sandbox/control-plane/nodes";
import { MissingTool, obtain } from "../sandbox/control-plane/obtain";
import { type Pod, placed, planned, steady } from "../sandbox/control-plane/pods";
import { type Stack, stackOf } from "../sandbox/control-plane/stack";
import { InputError } from "../inputs/input-error";
import type { StackConfig } from "../inputs/stack-file";
import { coloured, print } from "./terminal";

export interface SandboxOptions {
  /** Leaves the sandbox running when the command ends. */
  readonly keep: boolean;
  /** Stops a sandbox that was left running. */
  readonly stop: boolean;
  /** Nodes have only the room that the plan may fill, without the buffer. */
  readonly limit: boolean;
  /** A folder with tools to use in place of downloaded or built ones. */
  readonly tools?: string;
}

/** Folder of a sandbox that keeps running. */
const home = (stack: string) => join(cacheFolder(), "sandbox", stack);

/** Deploys a stack to a real control plane with simulated nodes, shows the node of each pod, and waits for Ctrl-C. */
export async function sandbox(config: StackConfig, options: SandboxOptions): Promise<void> {
  const folder = home(config.stack);
  const alive = running(folder).length > 0;
  if (options.stop) {
    await stopAll(folder);
    rmSync(folder, { recursive: true, force: true });
    say(alive ? `${config.stack}: sandbox stopped and removed` : `${config.stack}: no sandbox was running`);
    return;
  }
  if (alive) {
    throw new InputError([
      `--stack ${config.stack}: its sandbox is running already; allowed: one for each stack. Stop it with --stop`,
    ]);
  }
  say(`planning ${config.stack} ...`);
  const stack = await stackOf(config);
  say(`starting a control plane with ${String(stack.nodes.length)} simulated nodes ...`);
  const plane = await start(stack, options, folder);
  // Ctrl-C before the table ends this process at once, and the run's own reaper stops the control plane.
  try {
    say(`applying ${String(stack.objects.length)} objects ...`);
    await deploy(plane.api, stack);
    await deployStandIns(plane.api, stack);
    const pods = await steady(plane.api, stack.groups);
    const colour = coloured();
    await print(render(stack, pods, colour) + (await howTo(plane, config.stack, options)), { colour });
    if (options.keep) return;
    await Promise.race(["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => once(process, signal)));
    say("\nstopping the sandbox ...");
  } finally {
    if (!options.keep) await plane.end();
  }
}

async function start(stack: Stack, { keep, limit, tools }: SandboxOptions, folder: string): Promise<ControlPlane> {
  try {
    return await startControlPlane({
      name: `sandbox-${stack.plan.stack}`,
      nodes: stack.nodes.map((node) => simulatedNode(node, { pools: true, allocatable: limit ? "limit" : "system" })),
      jobs: "hold",
      say,
      ...(tools === undefined ? {} : { given: tools }),
      ...(keep ? { run: { folder, leaveRunning: true } } : {}),
    });
  } catch (error) {
    if (error instanceof MissingTool) throw new InputError([error.message]);
    throw error;
  }
}

/** The node of each pod, compared with the plan. */
export function render({ plan, nodes }: Pick<Stack, "plan" | "nodes">, pods: readonly Pod[], color: boolean): string {
  const colors = pico.createColors(color);
  const waiting = pods.filter(({ node }) => node === undefined);
  const same = JSON.stringify(placed(pods)) === JSON.stringify(planned(plan));
  const count = `${String(pods.length - waiting.length)} of ${String(pods.length)} pods of ${plan.stack} have a node`;
  const words = same ? "as in the plan" : "on other nodes than in the plan";
  const table = new Table({
    head: ["node", "pool", "pods"],
    style: { head: color ? ["bold"] : [], border: color ? ["dim"] : [], compact: true },
    colWidths: [16, 12, 88],
    wordWrap: true,
  });
  for (const { name, pool } of nodes) table.push([name, pool, on(pods, name)]);
  const refused = waiting.map(
    ({ name, why = "the scheduler has given no reason yet" }) => `  ${colors.red("✘")} ${name}: ${why}`,
  );
  return [
    `${waiting.length === 0 ? colors.green("✔") : colors.red("✘")} ${colors.bold(`${count}, ${words}`)}`,
    "",
    table.toString(),
    `  ${colors.dim("* a stand-in for a pod that an operator, a chart or a schedule would make")}`,
    ...refused,
    "",
  ].join("\n");
}

function on(pods: readonly Pod[], name: Node["name"]): string {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods.filter(({ node }) => node === name)) {
    groups.set(pod.group, [...(groups.get(pod.group) ?? []), pod]);
  }
  return [...groups.entries()]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(
      ([group, all]) =>
        `${group}${all[0]?.standIn === true ? "*" : ""}${all.length > 1 ? ` × ${String(all.length)}` : ""}`,
    )
    .join(" · ");
}

async function howTo(plane: ControlPlane, stack: string, { keep, tools }: SandboxOptions): Promise<string> {
  const kubectl = await obtain("kubectl", { say, ...(tools === undefined ? {} : { given: tools }) }).catch(
    () => "kubectl",
  );
  const end = keep
    ? `npm run sandbox -- --stack ${stack} --stop   # stops and removes it`
    : "Ctrl-C stops and removes it";
  return `
  export KUBECONFIG=${plane.kubeconfig}
  ${kubectl} get pods -A -o wide
  ${end}
`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
