import { formatBytes } from "../components/core/quantity";
import { type Fragment, put } from "../components/settings/presets";
import type { Change, SizeChange } from "../planner/advice/change";
import { sizeText } from "../planner/report/advice";
import type { StackConfig } from "../inputs/stack-file";

interface WrittenNode {
  readonly name: string;
  readonly count?: number;
  readonly [key: string]: unknown;
}

/** A stack's configuration as it is once somebody has followed some advice, in whatever order. */
export function changedConfig(config: StackConfig, changes: readonly Change[]): StackConfig {
  const values = { ...config.values };
  const edit = (section: string, change: (value: unknown) => unknown) => {
    const key = `lakehouse:${section}`;
    const text = values[key];
    values[key] = JSON.stringify(change(text === undefined ? undefined : JSON.parse(text)));
  };
  for (const change of changes) {
    switch (change.kind) {
      case "size": {
        const [section = "", ...path] = change.setting.replace("lakehouse:", "").split(".");
        edit(section, (value) => put((value ?? {}) as Fragment, [...path, change.key].join("."), written(change)));
        break;
      }
      case "node": {
        const { node, cpu, memory, disks } = change;
        const larger = { cpu, memory: formatBytes(memory) };
        edit("nodes", (value) =>
          alone(value as WrittenNode[], node).map((one) =>
            one.name === node ? { ...one, ...larger, ...withDisks(one.disks, disks) } : one,
          ),
        );
        break;
      }
      case "nodes": {
        const { names, pool, cpu, memory, system, disks } = change;
        const one = {
          pool,
          cpu,
          memory: formatBytes(memory),
          system: { ...system, memory: formatBytes(system.memory) },
        };
        edit("nodes", (value) => [
          ...(value as WrittenNode[]),
          ...names.map((name) => ({ name, ...one, ...withDisks(undefined, disks) })),
        ]);
        break;
      }
      case "toleration":
        edit("pools", (value) => {
          const pools = (value ?? {}) as Readonly<Record<string, { readonly tolerations?: readonly unknown[] }>>;
          const before = pools[change.pool];
          return {
            ...pools,
            [change.pool]: { ...before, tolerations: [...(before?.tolerations ?? []), change.toleration] },
          };
        });
        break;
    }
  }
  return { ...config, values };
}

function written({ key, to }: SizeChange): unknown {
  return key === "memory" ? sizeText(to) : to;
}

/** Nodes with the group that has this node taken apart, so that it can differ from the others. */
function alone(nodes: readonly WrittenNode[], node: string): WrittenNode[] {
  return nodes.flatMap(({ count, ...one }) => {
    if (count === undefined) return [one];
    const names = Array.from({ length: count }, (_, at) => `${one.name}-${String(at + 1)}`);
    return names.includes(node) ? names.map((name) => ({ ...one, name })) : [{ ...one, count }];
  });
}

function withDisks(before: unknown, more: Readonly<Record<string, number>> | undefined): { readonly disks?: object } {
  if (more === undefined) return {};
  const sizes = Object.entries(more).map(([storageClass, size]) => [storageClass, formatBytes(size)] as const);
  return { disks: { ...(before as object | undefined), ...Object.fromEntries(sizes) } };
}
