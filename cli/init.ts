import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { promisify } from "node:util";

import { type Cluster, type KubeObject, readCluster } from "../fitting/cluster";
import { init, type InitFlags } from "../fitting/init";
import { InputError, systemReason } from "../inputs/input-error";
import { PROJECT_FOLDER } from "../inputs/project";
import { checkStackName } from "../inputs/stack-name";
import { askFor, type Ask } from "./questions";

const run = promisify(execFile);

export interface InitOptions extends InitFlags {
  /** Files of `kubectl get nodes,pods,storageclasses -A -o json`; true asks kubectl. */
  readonly fromCluster?: true | readonly string[];
  readonly context?: string;
  /** Replace a file that is there. */
  readonly force?: boolean;
}

/**
 * `lakehouse init`: writes `Pulumi.<stack>.yaml` into a folder.
 * @param ask asks somebody at a terminal; undefined where there is none
 * @returns lines for the terminal
 * @throws InputError
 */
export async function initCommand(stack: string, options: InitOptions, folder: string, ask?: Ask): Promise<string> {
  checkStackName(stack);
  const name = `Pulumi.${stack}.yaml`;
  const file = join(folder, name);
  if (existsSync(file) && options.force !== true)
    throw new InputError([`${name}: is there already; allowed: another name, or --force to replace it`]);
  const cluster = await clusterOf(options);
  const asked = cluster === undefined && options.nodes === undefined && ask !== undefined;
  const flags = asked ? { ...options, ...(await askFor(ask, options)) } : options;
  const schema = relative(folder, join(PROJECT_FOLDER, "docs", "settings.schema.json"));
  const { text, summary } = init(stack, flags, cluster, schema);
  try {
    writeFileSync(file, text, { flag: options.force === true ? "w" : "wx" });
  } catch (error) {
    throw new InputError([`${name}: cannot be written: ${systemReason(error) ?? String(error)}`]);
  }
  return [
    `✔ ${name} is written`,
    ...summary.map((line) => `  ${line}`),
    "",
    `  next: lakehouse plan -s ${stack}`,
    "",
  ].join("\n");
}

/** @throws InputError */
export async function clusterOf({ fromCluster, context }: InitOptions): Promise<Cluster | undefined> {
  if (fromCluster === undefined) return undefined;
  const texts = fromCluster === true ? [await kubectl(context)] : fromCluster.map(readText);
  const cluster = readCluster(texts.flatMap(({ text, source }) => items(text, source)));
  if (cluster.machines.length === 0)
    throw new InputError([
      "--from-cluster: no nodes in it; allowed: what `kubectl get nodes,pods,storageclasses -A -o json` prints",
    ]);
  return cluster;
}

interface Source {
  readonly text: string;
  readonly source: string;
}

function readText(source: string): Source {
  try {
    return { text: readFileSync(source, "utf8"), source };
  } catch (error) {
    throw new InputError([`--from-cluster ${source}: cannot be read: ${systemReason(error) ?? String(error)}`]);
  }
}

async function kubectl(context: string | undefined): Promise<Source> {
  const args = [
    ...(context === undefined ? [] : ["--context", context]),
    "get",
    "nodes,pods,storageclasses",
    "-A",
    "-o",
    "json",
  ];
  try {
    const { stdout } = await run("kubectl", args, { maxBuffer: 2 ** 28 });
    return { text: stdout, source: "kubectl" };
  } catch (error) {
    const { code, stderr = "" } = error as { readonly code?: unknown; readonly stderr?: string };
    if (code === "ENOENT")
      throw new InputError([
        "kubectl: not found; allowed: kubectl on the PATH, or files: --from-cluster nodes.json pods.json",
      ]);
    throw new InputError([`kubectl get nodes,pods,storageclasses: ${stderr.trim().split("\n")[0] ?? "failed"}`]);
  }
}

/** Objects of a list, of a list of lists, or one object. */
function items(text: string, source: string): KubeObject[] {
  const wrong = (why: string) =>
    new InputError([
      `--from-cluster ${source}: ${why}; allowed: what \`kubectl get nodes,pods,storageclasses -A -o json\` prints`,
    ]);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw wrong("not JSON");
  }
  const { kind, items: all } = (content ?? {}) as { readonly kind?: unknown; readonly items?: unknown };
  if (typeof kind !== "string") throw wrong("no objects of Kubernetes in it");
  if (!kind.endsWith("List")) return [content as KubeObject];
  if (!Array.isArray(all)) throw wrong("a list without items");
  // Lists of one kind, as the API itself answers, have items without a kind.
  return (all as KubeObject[]).map((one) => ({ kind: kind.slice(0, -"List".length), ...one }));
}
