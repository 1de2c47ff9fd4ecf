import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

import pc from "picocolors";

import { creation, deletion, type Known, toolsFor, toolsForDeletion } from "../bootstrap/create/creation";
import { Failed } from "../bootstrap/create/failed";
import { type Step, take } from "../bootstrap/create/steps";
import { requireTools } from "../bootstrap/create/tools";
import { Unfit } from "../bootstrap/description";
import { type Infrastructure, ownInfrastructure } from "../bootstrap/infrastructure";
import { manifestText } from "../bootstrap/manifests";
import { PROVIDERS, renderCluster } from "../bootstrap/render";
import { foreignClasses } from "../bootstrap/storage";
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

/** `lakehouse cluster render` */
export function renderCommand(config: StackConfig, flags: ClusterFlags): string {
  const { files, folder } = known(config, flags);
  writeFiles(folder, files);
  return `${[...files.keys()].map((path) => shownPath(join(folder, path))).join("\n")}\n`;
}

/** `lakehouse cluster create` @returns the exit code */
export async function createCommand(
  config: StackConfig,
  flags: ClusterFlags,
  manifests: typeof manifestText = manifestText,
): Promise<number> {
  const all = known(config, flags);
  requireManagement(all);
  await requireTools(toolsFor(all));
  writeFiles(all.folder, all.files);
  return attempt(async () => {
    const { steps, use } = creation(all, manifests);
    const changed = await taken(steps);
    const foreign = foreignClasses(all.settings, all.inContainers);
    const { green, bold } = pc.createColors(coloured());
    await print(
      [
        "",
        `${green("✔")} ${bold(`the cluster of ${all.stack} is ${changed ? "ready" : "as it should be: nothing was changed"}`)}`,
        ...foreign.map((name) => `  storage class ${name} is not OpenEBS': make it before the next step`),
        ...use.map((line) => `  ${line}`),
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
  await requireTools(toolsForDeletion(all));
  return attempt(async () => {
    const there = await deletion(all);
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

/** Prints a failed step as one line: its input was right. */
async function attempt(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    printErrors(`${error.message}${error.again ? "; repeat the command to go on" : ""}`);
    return 1;
  }
}

async function taken(steps: readonly Step[]): Promise<boolean> {
  const lines = new StepLines();
  try {
    return await take(steps, lines);
  } finally {
    lines.stop();
  }
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
