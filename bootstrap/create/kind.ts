import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readIfThere } from "../../components/core/lock-file";
import { Failed } from "./failed";
import { reach, type Reach } from "./reach";
import { run } from "./run";
import type { Step } from "./steps";

/** A cluster of kind, and the folder in which its file is. */
export interface KindFile {
  readonly name: string;
  readonly folder: string;
  /** The file in the folder, and its content. */
  readonly file: string;
  readonly text: string;
  readonly nodes: readonly string[];
}

export const contextOf = (name: string) => `kind-${name}`;
export const kindReach = ({ name }: Pick<KindFile, "name">): Reach => reach({ context: contextOf(name) });

const begun = ({ folder, file }: Pick<KindFile, "folder" | "file">) => join(folder, `${file}.begun`);
const made = ({ folder, file }: Pick<KindFile, "folder" | "file">) => join(folder, `${file}.made`);

const isThere = async (name: string) => (await run("kind", ["get", "clusters"])).split("\n").includes(name);

/**
 * kind cannot go on with half a cluster, so one that a killed run has left is made anew. A cluster that this folder knows nothing of is never
 * deleted.
 */
export function kindStep(cluster: KindFile): Step {
  const { name, folder, file, text, nodes } = cluster;
  return {
    title: `kind cluster ${name}, ${String(nodes.length)} ${nodes.length === 1 ? "node" : "nodes"}`,
    isDone: async () => {
      if (readIfThere(begun(cluster)) !== undefined || !(await isThere(name))) return false;
      await requireNodes(cluster);
      return true;
    },
    work: async () => {
      if (await isThere(name)) await run("kind", ["delete", "cluster", `--name=${name}`]);
      writeFileSync(begun(cluster), text);
      await run("kind", ["create", "cluster", `--config=${file}`, "--wait=0s"], { cwd: folder });
      renameSync(begun(cluster), made(cluster));
    },
  };
}

/** @throws Failed if the cluster is another one, or was made from other settings */
async function requireNodes(cluster: KindFile): Promise<void> {
  const { name, nodes, text } = cluster;
  const context = contextOf(name);
  const contexts = (await run("kubectl", ["config", "get-contexts", "--output=name"])).split("\n");
  if (!contexts.includes(context)) await run("kind", ["export", "kubeconfig", `--name=${name}`]);
  const found = (await run("kind", ["get", "nodes", `--name=${name}`])).split("\n").filter((each) => each !== "");
  const others = found.filter((each) => !nodes.includes(each) && !each.endsWith("-external-load-balancer"));
  const missing = nodes.filter((each) => !found.includes(each));
  const anew = "delete it by lakehouse cluster delete, and create it again";
  if (others.length + missing.length > 0)
    throw new Failed(
      `kind cluster ${name} has the nodes ${found.join(", ")}, and the settings say ${nodes.join(", ")}; ${anew}`,
      false,
    );
  const before = readIfThere(made(cluster))?.toString("utf8");
  if (before !== undefined && before !== text)
    throw new Failed(
      `kind cluster ${name} was made from other settings (${made(cluster)}), and its nodes, ports and mirrors cannot be changed; ${anew}`,
      false,
    );
}

/** @returns whether there was one */
export async function deleteKind(cluster: Pick<KindFile, "name" | "folder" | "file">): Promise<boolean> {
  const there = await isThere(cluster.name);
  if (there) await run("kind", ["delete", "cluster", `--name=${cluster.name}`]);
  for (const file of [begun(cluster), made(cluster)]) rmSync(file, { force: true });
  return there;
}
