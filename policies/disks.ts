import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { CAPACITY_CONFIG, capacityOf, type Node, placesOf, poolLabel } from "./capacity/model";
import { unions } from "./capacity/pools";
import { type Config, resourcePolicy, stackPolicy, type Violation } from "./core/define";
import type { Field } from "./core/field";
import { parseQuantity, show } from "./core/quantity";
import type { Resource } from "./core/resource";
import type { Stack } from "./core/stack";
import { workloads, WORKLOAD_KEYS } from "./workloads";
import { claim as claimed } from "./workloads/containers";
import { type Claim, rolePrefix, title, type Workload } from "./workloads/types";

/**
 * Whether volumes fit the disks of the nodes. A node states how much volumes of a storage class may take on it. A class that
 * no node names lies elsewhere (Ceph, a cloud's disks) and is not judged.
 */

/** Key in a node's `disks` for claims that name no storage class. */
const DEFAULT_CLASS = "default";
/** Key in a node's `disks` for its own disk, under the name of the resource that the scheduler counts. */
const SCRATCH = "ephemeral-storage";

/** Volumes of one storage class that each pod of a workload claims; `each` in bytes. */
interface Volumes {
  readonly workload: Workload;
  readonly storageClass: string;
  readonly field: Field;
  readonly each: number;
  readonly count: number;
  readonly places: readonly string[];
}

const COMMON = {
  config: CAPACITY_CONFIG,
  notApplicable: (stack: Stack, config: Config) =>
    nodesOf(stack, config).some(({ disks }) => Object.keys(disks).length > 0)
      ? undefined
      : "no node states the size of its disks (`disks`)",
};

function nodesOf(stack: Stack, config: Config): readonly Node[] {
  return capacityOf(stack, config)?.nodes ?? [];
}

export const volumeFitDisk: StackValidationPolicy = stackPolicy({
  ...COMMON,
  name: "volume-fit-disk",
  description: "All volumes of a pod that are kept on its node fit the disks of at least one node that it may run on.",
  *check(stack, config) {
    const nodes = nodesOf(stack, config);
    for (const { workload, storageClass, field, each, places } of volumesOf(stack, config, nodes)) {
      // `pod-fit-node` refuses pods without an eligible node.
      if (places.length === 0) continue;
      const eligible = nodes.filter(({ place }) => places.includes(place));
      const largest = eligible.toSorted((a, b) => room(b, storageClass) - room(a, storageClass))[0];
      if (largest !== undefined && room(largest, storageClass) >= each) continue;
      yield {
        on: workload.resource,
        field,
        problem: `claims ${show(each, "memory")} of ${storageClass} for each pod of ${title(workload)}, but ${largest === undefined ? `no node of ${places.join(", ")} has disks` : `the node with most of it (${largest.name}) has ${show(room(largest, storageClass), "memory")}`}`,
        fix: "make the volumes smaller, or allow a pool with larger disks",
      };
    }
  },
});

export const poolLimitVolumes: StackValidationPolicy = stackPolicy({
  ...COMMON,
  name: "pool-limit-volumes",
  description: "All volumes that are kept on the nodes of certain pools fit together on the disks of those nodes.",
  *check(stack, config) {
    const nodes = nodesOf(stack, config);
    const all = volumesOf(stack, config, nodes);
    for (const storageClass of new Set(all.map((one) => one.storageClass))) {
      const volumes = all.filter((one) => one.storageClass === storageClass);
      const crowded: (readonly string[])[] = [];
      for (const places of unions(volumes.map((one) => one.places))) {
        // Some of these pools exceed their disks without the others, and that message is more exact.
        if (crowded.some((smaller) => smaller.every((place) => places.includes(place)))) continue;
        const within = volumes.filter(
          (one) => one.places.length > 0 && one.places.every((place) => places.includes(place)),
        );
        const claimed = within.reduce((sum, { each, count }) => sum + each * count, 0);
        const limit = nodes.reduce(
          (sum, node) => sum + (places.includes(node.place) ? room(node, storageClass) : 0),
          0,
        );
        if (claimed <= limit) continue;
        crowded.push(places);
        const largest = within.toSorted((a, b) => b.each * b.count - a.each * a.count)[0];
        yield {
          on: largest?.workload.resource,
          field: largest?.field ?? "spec",
          problem: `brings the volumes of ${storageClass} in pool ${places.join(" + ")} to ${show(claimed, "memory")}, over the ${show(limit, "memory")} of its disks`,
          fix: `claim ${show(claimed - limit, "memory")} less, or add disks`,
        };
      }
    }
  },
});

const room = ({ disks }: Node, storageClass: string) => disks[storageClass] ?? 0;

/** Volumes on the nodes' disks: templates count for each replica, a PersistentVolumeClaim of its own counts once. */
function volumesOf(stack: Stack, config: Config, nodes: readonly Node[]): Volumes[] {
  const local = new Set(nodes.flatMap(({ disks }) => Object.keys(disks)));
  const mounted = new Set<Resource>();
  return stack.workloads.flatMap((workload) => {
    const places = placesOf(workload, poolLabel(config), nodes);
    const templates = (workload.claims ?? []).map((claim) => ({ ...claim, count: workload.replicas }));
    const claims = claimsOf(workload, stack).filter((one) => !mounted.has(one));
    for (const one of claims) mounted.add(one);
    const standing = claims.map(({ root }) => ({ ...claimed(root.at("spec")), count: 1 }));
    const requested = scratchRequests(workload).map((one) => ({ ...one, count: workload.replicas }));
    const byClass = new Map<string, Volumes>();
    for (const { field, size = 0, storageClass = DEFAULT_CLASS, count } of [...templates, ...standing, ...requested]) {
      if (!local.has(storageClass)) continue;
      const key = `${storageClass} ${String(count)}`;
      const each = (byClass.get(key)?.each ?? 0) + size;
      byClass.set(key, { workload, storageClass, count, places, each, field: byClass.get(key)?.field ?? field });
    }
    return [...byClass.values()];
  });
}

/** Requests of ephemeral storage. A Job that runs once gives its storage back and is left out. */
function scratchRequests({ spec, lifetime }: Workload): Claim[] {
  if (lifetime === "once") return [];
  return (spec?.at("containers").items ?? []).flatMap((one) => {
    const field = one.at("resources", "requests", SCRATCH);
    return field.absent ? [] : [{ field, size: parseQuantity(field.value), storageClass: SCRATCH }];
  });
}

export const podRequireScratch: ResourceValidationPolicy = resourcePolicy({
  name: "pod-require-scratch",
  description:
    "Every emptyDir has a limit, and its pod requests that much ephemeral storage, so that the scheduler finds a node with room.",
  of: WORKLOAD_KEYS,
  *check(resource) {
    for (const workload of workloads(resource)) {
      yield* unbounded(workload);
      yield* unrequested(workload);
    }
  },
});

/** emptyDir volumes on the node's disk, without those in memory. */
const directories = ({ volumes }: Workload): Field[] =>
  volumes.map((volume) => volume.at("emptyDir")).filter((one) => !one.absent && !one.at("medium").is("Memory"));

const containersOf = ({ spec }: Workload): Field[] => spec?.at("containers").items ?? [];

/** A container that spills without a limit fills its node's disk, and the kubelet then evicts other pods too. */
function* unbounded(workload: Workload): Generator<Violation> {
  const containers = containersOf(workload);
  // If every container has a limit, their sum bounds the pod.
  if (containers.length > 0 && containers.every((one) => !one.at("resources", "limits", SCRATCH).absent)) return;
  for (const directory of directories(workload)) {
    const field = directory.at("sizeLimit");
    if (!field.absent) continue;
    yield {
      field,
      problem: `${rolePrefix(workload)}has an emptyDir without sizeLimit, which may fill the disk of its node`,
      fix: "set sizeLimit, or a limit of ephemeral-storage for each container",
    };
  }
}

function* unrequested(workload: Workload): Generator<Violation> {
  const needed = directories(workload).reduce((sum, one) => sum + (parseQuantity(one.at("sizeLimit").value) ?? 0), 0);
  const requests = containersOf(workload).map((one) => one.at("resources", "requests", SCRATCH));
  const requested = requests.reduce((sum, { value }) => sum + (parseQuantity(value) ?? 0), 0);
  const field = requests[0];
  if (field === undefined || requested >= needed || requests.some(({ unknown }) => unknown)) return;
  yield {
    field,
    problem: `${rolePrefix(workload)}requests ${show(requested, "memory")} of ephemeral storage, but its emptyDirs may take ${show(needed, "memory")}`,
    fix: `request ${show(needed, "memory")} of ephemeral-storage, or lower sizeLimit`,
  };
}

function claimsOf({ mounts = [], namespace }: Workload, stack: Stack): Resource[] {
  return stack
    .of("core/PersistentVolumeClaim")
    .filter((one) => one.namespace === namespace && mounts.includes(one.name));
}

export const disks = [volumeFitDisk, poolLimitVolumes, podRequireScratch];
