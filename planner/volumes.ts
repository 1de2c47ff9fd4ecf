import type { Node } from "../components/core/node";
import type { PodGroup } from "../components/core/pod-group";
import { by } from "./order";
import { DEFAULT_CLASS } from "./packing/problem";
import type { VolumeReport } from "./plan";

/** Volumes that the stack's pods claim, by storage class. */
export function volumesByClass(nodes: readonly Node[], groups: readonly PodGroup[]): VolumeReport[] {
  const found = new Map<string, { count: number; size: number }>();
  for (const { volumes, replicas } of groups)
    for (const { storageClass = DEFAULT_CLASS, size } of volumes) {
      const { count, size: before } = found.get(storageClass) ?? { count: 0, size: 0 };
      found.set(storageClass, { count: count + replicas, size: before + size * replicas });
    }
  return [...found]
    .map(([storageClass, sums]) => {
      const stated = nodes.flatMap(({ disks = {} }) => disks[storageClass] ?? []);
      const disks = stated.reduce((sum, size) => sum + size, 0);
      return { storageClass, ...sums, ...(stated.length > 0 && { disks }) };
    })
    .toSorted(by(({ storageClass }) => storageClass));
}
