import { join } from "node:path";

import { isMirrored, MIRROR } from "../../components/core/chart-mirror";
import { fingerprint } from "../../components/core/fingerprint";
import { chartSource } from "../../components/core/release";
import { PROJECT_FOLDER } from "../../inputs/project";
import { type Addon, type AddonSource, fileOf } from "../addons";
import type { Manifests } from "../pins";
import { isWell, type Reach } from "./reach";
import type { Step } from "./steps";

/** What is installed is noted in the cluster itself, so any machine can go on. */
const RECORD = { namespace: "kube-system", name: "lakehouse-cluster" } as const;

type ChartSource = Extract<AddonSource, { readonly kind: "chart" }>;

export interface Installing {
  readonly reach: Reach;
  /** Folder of the rendered files. */
  readonly folder: string;
  /** The rendered files by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Reads the manifests of a project. */
  readonly manifests: (of: Manifests) => Promise<string>;
}

/** An add-on is there if it is noted with its version and settings, and works. */
export function installStep(addon: Addon, installing: Installing): Step {
  const { reach } = installing;
  const wanted = fingerprint(JSON.stringify([addon.what, contentOf(addon, installing.files)]));
  return {
    title: addon.title,
    isDone: async () => (await noted(addon.key, reach)) === wanted && (await works(addon, reach, "10s")),
    work: async () => {
      await install(addon, installing);
      for (const args of addon.works) await reach.kubectl([...args, ...(waits(args) ? ["--timeout=10m"] : [])]);
      await note(addon.key, wanted, reach);
    },
  };
}

const contentOf = ({ what }: Addon, files: ReadonlyMap<string, string>) => files.get(fileOf(what) ?? "");

/** Whether kubectl takes a time for it. */
const waits = (args: readonly string[]) => args.includes("rollout") || args.includes("wait");

async function works({ works: all }: Addon, { kubectl }: Reach, timeout: string): Promise<boolean> {
  for (const args of all)
    if (!(await isWell(kubectl([...args, ...(waits(args) ? [`--timeout=${timeout}`] : [])])))) return false;
  return true;
}

async function install({ what }: Addon, { reach, folder, manifests }: Installing): Promise<void> {
  if (what.kind === "chart") await installChart(what, { reach, folder });
  else if (what.kind === "objects") await apply(join(folder, what.file), reach);
  else await apply("-", reach, await manifests(what.manifests));
}

const apply = (source: string, { kubectl }: Reach, input?: string) =>
  kubectl(
    ["apply", "--server-side", "--force-conflicts", "--field-manager=lakehouse", "-f", source],
    input === undefined ? {} : { input },
  );

async function installChart(
  { chart, namespace, values }: ChartSource,
  { reach, folder }: Pick<Installing, "reach" | "folder">,
): Promise<void> {
  const name = chart.chart;
  await mend(name, namespace, reach);
  const { chart: source, repositoryOpts } = chartSource(chart, isMirrored(chart, MIRROR));
  await reach.helm(
    [
      ...["upgrade", "--install", name, source, `--version=${chart.version}`],
      ...(repositoryOpts === undefined ? [] : [`--repo=${repositoryOpts.repo}`]),
      ...[`--namespace=${namespace}`, "--create-namespace", `--values=${join(folder, values)}`],
      ...["--wait", "--timeout=10m"],
    ],
    // The mirror's path is relative to the project.
    { cwd: PROJECT_FOLDER },
  );
}

/** Helm refuses to go on with a release that a killed run has left under way. */
async function mend(name: string, namespace: string, { helm }: Reach): Promise<void> {
  const status = await helm(["status", name, `--namespace=${namespace}`, "--output=json"]).then(
    (text) => (JSON.parse(text) as { readonly info?: { readonly status?: string } }).info?.status,
    () => undefined,
  );
  if (status === "pending-install") await helm(["uninstall", name, `--namespace=${namespace}`, "--wait"]);
  else if (status?.startsWith("pending-") === true)
    await helm(["rollback", name, `--namespace=${namespace}`, "--wait"]);
}

async function noted(key: string, { kubectl }: Reach): Promise<string | undefined> {
  const args = ["-n", RECORD.namespace, "get", "configmap", RECORD.name, "--ignore-not-found", "--output=json"];
  const text = await kubectl(args);
  return text.trim() === "" ? undefined : (JSON.parse(text) as { readonly data?: Record<string, string> }).data?.[key];
}

/** Each key has a field manager of its own, so that the others stay. */
async function note(key: string, value: string, { kubectl }: Reach): Promise<void> {
  const record = { apiVersion: "v1", kind: "ConfigMap", metadata: RECORD, data: { [key]: value } };
  await kubectl(["apply", "--server-side", `--field-manager=lakehouse-${key}`, "-f", "-"], {
    input: JSON.stringify(record),
  });
}
