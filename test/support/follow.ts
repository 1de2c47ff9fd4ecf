import assert from "node:assert/strict";

import { parse, stringify } from "yaml";

type Map = Record<string, unknown>;
interface WrittenNode extends Map {
  readonly name: string;
  readonly count?: number;
}

/** The text of a stack file after somebody has done what one line of advice says, word by word. */
export function follow(text: string, line: string): string {
  const file = parse(text) as { config: Map };
  const { config } = file;
  const nodes = () => (config["lakehouse:nodes"] as WrittenNode[]).flatMap(single);
  const [, path, value] = /^lakehouse:([\w.]+): (\S+) \(now /.exec(line) ?? [];
  const [, pool, entry] = /^lakehouse:pools\.([\w-]+)\.tolerations: add (\{.*\})$/.exec(line) ?? [];
  const [, , like, larger = "", into, added] =
    /^(\d+) more nodes? like (\S+?)(?:, but with (.*))?, in pool (\S+): (.*)$/.exec(line) ?? [];
  const [, grown, sizes] = /^(.*?): ((?:\S+ of memory|[\d.]+ cores?|\S+ of disk).*)$/.exec(line) ?? [];
  if (pool !== undefined) {
    const of = (config["lakehouse:pools"] as Record<string, { tolerations?: unknown[] }>)[pool]!;
    of.tolerations = [...(of.tolerations ?? []), parse(entry!)];
  } else if (path !== undefined) {
    const [section = "", ...keys] = path.split(".");
    const last = keys.pop()!;
    let at = (config[`lakehouse:${section}`] ??= {}) as Map;
    for (const key of keys) at = (at[key] ??= {}) as Map;
    at[last] = /^[\d.]+$/.test(value!) ? Number(value) : value;
  } else if (added !== undefined) {
    const all = nodes();
    const more = all.find(({ name }) => name === like)!;
    config["lakehouse:nodes"] = [
      ...all,
      ...namesIn(added).map((name) => ({ ...more, name, pool: into, ...amounts(larger) })),
    ];
  } else if (sizes !== undefined) {
    const names = namesIn(grown!);
    config["lakehouse:nodes"] = nodes().map((node) =>
      names.includes(node.name) ? { ...node, ...amounts(sizes), ...disks(node.disks, sizes) } : node,
    );
  } else assert.fail(`nobody knows how to follow: ${line}`);
  return stringify(file);
}

/** `108Gi of memory (now 96Gi), 20 cores (now 16 cores)` */
function amounts(text: string): Map {
  const now = text.replace(/\(now [^)]*\)/g, "");
  const [, memory] = /(?:^|, )([\d.]+[KMGT]i)(?: of memory)?\s*(?:,|$)/.exec(now) ?? [];
  const [, cpu] = /([\d.]+) cores?/.exec(now) ?? [];
  return { ...(memory === undefined ? {} : { memory }), ...(cpu === undefined ? {} : { cpu: Number(cpu) }) };
}

function disks(before: unknown, text: string): Map {
  const found = [...text.matchAll(/([\d.]+[KMGT]i) of disk for (\S+?)(?:,|$)/g)].map(([, size, of]) => [of, size]);
  return found.length === 0 ? {} : { disks: { ...(before as object), ...Object.fromEntries(found) } };
}

/** `k8s-1, query-2…4` as single names. */
function namesIn(text: string): string[] {
  return text.split(", ").flatMap((part) => {
    const [, prefix = "", from, to] = /^(.*?)(\d+)…(\d+)$/.exec(part) ?? [];
    if (from === undefined) return [part];
    return Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => `${prefix}${String(Number(from) + at)}`);
  });
}

function single({ count, ...node }: WrittenNode): WrittenNode[] {
  if (count === undefined) return [node];
  return Array.from({ length: count }, (_, at) => ({ ...node, name: `${node.name}-${String(at + 1)}` }));
}
