import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

import pc from "picocolors";

import { addons } from "../bootstrap/addons";
import { capiSteps, deleteCapi, kubeconfigOf } from "../bootstrap/create/capi";
import { Failed } from "../bootstrap/create/failed";
import { type Installing, installStep } from "../bootstrap/create/install";
import { contextOf, deleteKind, type KindFile, kindReach, kindStep } from "../bootstrap/create/kind";
import { reach, type Reach } from "../bootstrap/create/reach";
import { type Shown, type Step, take } from "../bootstrap/create/steps";
import { requireTools, type ToolName } from "../bootstrap/create/tools";
import { clusterName, nodeGroups, Unfit } from "../bootstrap/description";
import { type Infrastructure, ownInfrastructure } from "../bootstrap/infrastructure";
import { kindName, kindNodes } from "../bootstrap/kind";
import { KIND_FILE, MANAGEMENT_FILE, type Provider, PROVIDERS, renderCluster } from "../bootstrap/render";
import { foreignClasses } from "../bootstrap/storage";
import { manifestText } from "../bootstrap/manifests";
import { writeFiles } from "../bootstrap/write";
import type { Settings } from "../components/settings/schema";
import { InputError, systemReason } from "../inputs/input-error";
import { mistakesIn, shownPath, type StackConfig } from "../inputs/stack-file";
import { stackFolder } from "../inputs/project";
import { stackSettings } from "../preview/plan";
import { StepLines } from "./step-lines";
import { coloured, print, printErrors } from "./terminal";

export interface ClusterFlags {
  readonly provider: string;
  readonly infrastructure?: string;
  readonly out?: string;
  readonly controlPlanes?: string;
  readonly context?: string;
  readonly yes?: boolean;
}

/** Everything that is known of a cluster before anything is made. */
interface Known {
  readonly settings: Settings;
  readonly stack: string;
  readonly provider: Provider;
  readonly files: ReadonlyMap<string, string>;
  readonly folder: string;
  readonly inContainers: boolean;
  readonly context: string | undefined;
}

/** `lakehouse cluster render` */
export function renderCommand(config: StackConfig, flags: ClusterFlags): string {
  const { files, folder } = known(config, flags);
  writeFiles(folder, files);
  return `${[...files.keys()].map((path) => shownPath(join(folder, path))).join("\n")}\n`;
}

type Manifests = Installing["manifests"];

/** `lakehouse cluster create` @returns the exit code */
export async function createCommand(
  config: StackConfig,
  flags: ClusterFlags,
  manifests: Manifests = manifestText,
): Promise<number> {
  const all = known(config, flags);
  requireManagement(all);
  await requireTools(toolsFor(all));
  writeFiles(all.folder, all.files);
  return attempt(async () => {
    const { steps, target, use } = stepsOf(all);
    const installing = { reach: target, folder: all.folder, files: all.files, manifests };
    const installed = addons(all.settings, all).map((addon) => installStep(addon, installing));
    const lines = new StepLines();
    const changed = await taken([...steps, ...installed], lines);
    const foreign = foreignClasses(all.settings, all.inContainers);
    const { green, bold } = pc.createColors(coloured());
    await print(
      [
        "",
        `${green("✔")} ${bold(`the cluster of ${all.stack} is ${changed ? "ready" : "as it should be: nothing was changed"}`)}`,
        ...foreign.map((name) => `  storage class ${name} is not OpenEBS': make it before the next step`),
        ...use,
        `  next     pulumi up -s ${all.stack} --policy-pack policies`,
      ].join("\n"),
      { colour: true },
    );
    return 0;
  });
}

/** `lakehouse cluster delete` @returns the exit code */
export async function deleteCommand(config: StackConfig, flags: ClusterFlags): Promise<number> {
  const all = known(config, flags);
  if (flags.yes !== true)
    throw new InputError([
      `delete removes the cluster of ${all.stack} with everything that is stored in it; add --yes`,
    ]);
  requireManagement(all);
  const tools: readonly ToolName[] =
    all.provider === "kind" ? ["kind"] : ["kubectl", ...(all.context === undefined ? ["kind" as const] : [])];
  await requireTools({ tools, engine: tools.includes("kind") });
  return attempt(async () => {
    const there = all.provider === "kind" ? await deleteKind(kindFile(all)) : await deleteMachines(all);
    await print(
      there
        ? `the cluster of ${all.stack} is deleted; Pulumi still knows what was in it: pulumi refresh -s ${all.stack}\n`
        : `there is no cluster of ${all.stack}\n`,
    );
    return 0;
  });
}

/** Providers of machines have settings and credentials of their own, so their management cluster is the user's. */
function requireManagement({ inContainers, context }: Known): void {
  if (!inContainers && context === undefined)
    throw new InputError([
      "--context: needed with --infrastructure: the context of a cluster that has Cluster API and your provider",
    ]);
}

async function deleteMachines(all: Known): Promise<boolean> {
  const name = clusterName(all.stack);
  if (all.context !== undefined) return deleteCapi({ name, management: reach({ context: all.context }) });
  // The containers of its machines are kind's of that name, too.
  const machines = await deleteKind({ name, folder: all.folder, file: "cluster" });
  return (await deleteKind(managementFile(all))) || machines;
}

/** Prints a failed step as one line: its input was right. */
async function attempt(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    printErrors(`${error.message}; repeat the command to go on`);
    return 1;
  }
}

async function taken(steps: readonly Step[], shown: Shown & { readonly stop: () => void }): Promise<boolean> {
  try {
    return await take(steps, shown);
  } finally {
    shown.stop();
  }
}

function toolsFor({ provider, context }: Known): { readonly tools: readonly ToolName[]; readonly engine: boolean } {
  if (provider === "kind") return { tools: ["kind", "kubectl", "helm"], engine: true };
  return context === undefined
    ? { tools: ["kind", "clusterctl", "kubectl", "helm"], engine: true }
    : { tools: ["clusterctl", "kubectl", "helm"], engine: false };
}

function stepsOf(all: Known): {
  readonly steps: readonly Step[];
  readonly target: Reach;
  readonly use: readonly string[];
} {
  if (all.provider === "kind") {
    const cluster = kindFile(all);
    const use = [`  context  ${contextOf(cluster.name)}, which is the current one of your kubeconfig`];
    return { steps: [kindStep(cluster)], target: kindReach(cluster), use };
  }
  const { folder, context, settings, stack } = all;
  const machines = nodeGroups(settings).reduce((sum, { count }) => sum + count, 0);
  const management = managementFile(all);
  const cluster = {
    name: clusterName(stack),
    ...{ folder, machines },
    context: context ?? contextOf(management.name),
    management: context === undefined ? kindReach(management) : reach({ context }),
    installs: context === undefined,
  };
  return {
    steps: [...(context === undefined ? [kindStep(management)] : []), ...capiSteps(cluster)],
    target: reach({ kubeconfig: kubeconfigOf(cluster) }),
    use: [`  use      export KUBECONFIG=${kubeconfigOf(cluster)}`],
  };
}

function kindFile({ settings, stack, folder, files }: Known): KindFile {
  const name = kindName(settings, stack);
  const nodes = kindNodes(settings, name).map((each) => each.name);
  return { name, folder, file: KIND_FILE, text: files.get(KIND_FILE) ?? "", nodes };
}

function managementFile({ stack, folder, files }: Known): KindFile {
  const name = `${clusterName(stack)}-management`;
  return {
    name,
    folder,
    file: MANAGEMENT_FILE,
    text: files.get(MANAGEMENT_FILE) ?? "",
    nodes: [`${name}-control-plane`],
  };
}

function known(config: StackConfig, flags: ClusterFlags): Known {
  const { stack } = config;
  const provider = PROVIDERS.find((each) => each === flags.provider);
  const wrong = [
    ...(provider === undefined
      ? [`--provider: given ${JSON.stringify(flags.provider)}; allowed: ${PROVIDERS.join(", ")}`]
      : []),
    ...(flags.out === "" ? ['--out: given ""; allowed: a folder'] : []),
    ...(["infrastructure", "controlPlanes", "context"] as const).flatMap((flag) =>
      provider === "kind" && flags[flag] !== undefined ? [`${OPTION[flag]}: is for --provider capi`] : [],
    ),
    ...(flags.controlPlanes === undefined || /^[1357]$/.test(flags.controlPlanes)
      ? []
      : [`--control-planes: given ${JSON.stringify(flags.controlPlanes)}; allowed: 1, 3, 5 or 7`]),
  ];
  if (provider === undefined || wrong.length > 0) throw new InputError(wrong);
  const settings = stackSettings(config);
  const infrastructure = flags.infrastructure === undefined ? undefined : readInfrastructure(flags.infrastructure);
  const controlPlanes = flags.controlPlanes === undefined ? undefined : Number(flags.controlPlanes);
  const files = rendered(config, settings, {
    ...{ stack, provider },
    ...(infrastructure === undefined ? {} : { infrastructure }),
    ...(controlPlanes === undefined ? {} : { controlPlanes }),
  });
  return {
    ...{ settings, stack, provider, files },
    folder: join(flags.out ?? join(stackFolder(stack), "out"), `${stack}.cluster`),
    inContainers: infrastructure === undefined,
    context: flags.context,
  };
}

const OPTION = { infrastructure: "--infrastructure", controlPlanes: "--control-planes", context: "--context" } as const;

function rendered(config: StackConfig, settings: Settings, options: Parameters<typeof renderCluster>[1]) {
  try {
    return renderCluster(settings, options);
  } catch (error) {
    if (error instanceof Unfit) throw new InputError(mistakesIn(config, error.mistakes));
    throw error;
  }
}

function readInfrastructure(file: string): Infrastructure {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    throw new InputError([`--infrastructure ${file}: cannot be read: ${reason}; allowed: a file of templates`]);
  }
  return ownInfrastructure(text, basename(file));
}
