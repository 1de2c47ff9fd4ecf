import { formatBytes, formatCores, GiB } from "../../components/core/quantity";
import type { Advice } from "../advice/advise";
import type { Change, LargerNode, SizeChange } from "../advice/change";
import { cores, list, nodeNames, plural } from "./format";

/** `16Gi`, `250m`, `3`: an amount as the settings file has it. */
export function settingValue({ key }: Pick<SizeChange, "key">, amount: number): string {
  return key === "memory" ? sizeText(amount) : key === "cpu" ? formatCores(amount) : String(amount);
}

/** `24Gi`, `9.5Gi`, `768Mi`: bytes as people write them. */
export const sizeText = (bytes: number): string =>
  bytes > GiB && bytes % (GiB / 4) === 0 ? `${String(bytes / GiB)}Gi` : formatBytes(bytes);

/** `lakehouse:query.trino.worker.memory` */
export const settingPath = ({ setting, key }: Pick<SizeChange, "setting" | "key">): string => `${setting}.${key}`;

/** Each way to make the stack fit: what to do, all of it together. */
export const adviceTexts = (advice: readonly Advice[] = []): string[][] =>
  advice.map(({ changes }) => [...sizeTexts(changes), ...nodeTexts(changes), ...otherTexts(changes)]);

function sizeTexts(changes: readonly Change[]): string[] {
  const sizes = changes.filter((one) => one.kind === "size");
  const alone = sizes.length === 1 ? ", the largest that fits" : "";
  return sizes.map(
    (one) => `${settingPath(one)}: ${settingValue(one, one.to)} (now ${settingValue(one, one.from)}${alone})`,
  );
}

/** Nodes that grow alike together: `spark-1, spark-2: 123Gi of memory (now 104Gi)`. */
function nodeTexts(changes: readonly Change[]): string[] {
  const names = new Map<string, string[]>();
  for (const one of changes) {
    if (one.kind !== "node") continue;
    const text = growth(one);
    names.set(text, [...(names.get(text) ?? []), one.node]);
  }
  return [...names].map(([text, nodes]) => `${nodeNames(nodes)}: ${text}`);
}

function growth({ memory, cpu, from, disks = {} }: LargerNode): string {
  return list([
    ...(memory > from.memory ? [`${machine(memory)} of memory (now ${machine(from.memory)})`] : []),
    ...(cpu > from.cpu ? [`${cores(cpu)} (now ${cores(from.cpu)})`] : []),
    ...Object.entries(disks).map(([storageClass, size]) => `${formatBytes(size)} of disk for ${storageClass}`),
  ]);
}

function otherTexts(changes: readonly Change[]): string[] {
  return changes.flatMap((one) => {
    if (one.kind === "nodes") {
      const { names, like, more: { cpu, memory } = {}, pool } = one;
      const larger = list([
        ...(memory === undefined ? [] : [machine(memory)]),
        ...(cpu === undefined ? [] : [cores(cpu)]),
      ]);
      const more = plural(names.length, "more node", "more nodes");
      return [`${more} like ${like}${larger && `, but with ${larger}`}, in pool ${pool}: ${nodeNames(names)}`];
    }
    if (one.kind === "toleration") {
      const { key, value, effect } = one.toleration;
      const entry = [`key: ${key}`, ...(value === undefined ? [] : [`value: "${value}"`]), `effect: ${effect ?? ""}`];
      return [`lakehouse:pools.${one.pool}.tolerations: add { ${entry.join(", ")} }`];
    }
    return [];
  });
}

/** Memory of a machine in the unit in which it is sold: kernels leave a little less than whole GiB. */
const machine = (bytes: number): string =>
  bytes % GiB === 0 ? formatBytes(bytes) : `${String(Math.round((bytes / GiB) * 10) / 10)}Gi`;
