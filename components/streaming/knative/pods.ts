import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { DEAD_LETTERS, QUEUE_PROXY, QUEUE_SIZE, SCRATCH, serviceOf } from "./config";
import type { KnativeSettings } from "./settings";

/** Most pods of each function, and the one that keeps dead letters. */
export const knativePods = (platform: Platform, { functions, deadLetters }: KnativeSettings): PodGroup[] => {
  const namespace = platform.namespace("functions");
  const sidecars = [platform.sidecar(QUEUE_PROXY, QUEUE_SIZE)];
  const group = (service: string, size: Parameters<Platform["podGroup"]>[1], scratch: number) =>
    platform.podGroup(
      { service, role: service, namespace, sidecars, ...(scratch === 0 ? {} : { scratch: { [SCRATCH]: scratch } }) },
      size,
    );
  return [
    ...Object.entries(functions).map(([name, { most, cpu, memory, pool, concurrency, maxSize }]) =>
      // A file, its clean form and its bad records, of each event that a pod cleans.
      group(serviceOf(name), { replicas: most, cpu, memory, pool }, concurrency * maxSize * 3 + 16 * MiB),
    ),
    ...(Object.keys(functions).length === 0 ? [] : [group(DEAD_LETTERS, { replicas: 1, ...deadLetters }, 0)]),
  ];
};
