import type { Resource } from "../core/resource";
import { release } from "../workloads/charts";
import type { Workload } from "../workloads/types";
import { ceph } from "./ceph";
import { cloudNativePg } from "./cloudnative-pg";
import { flinkOperator } from "./flink";
import { kubernetes } from "./kubernetes";
import { podless } from "./podless";
import { sparkOperator } from "./spark";
import { strimzi } from "./strimzi";
import type { ApiGroup } from "./types";

/** Every API group that the pack knows. A new operator is one more line, and a file that describes its kinds. */
export const API_GROUPS: readonly ApiGroup[] = [
  ...kubernetes,
  ...cloudNativePg,
  ...sparkOperator,
  ...flinkOperator,
  ...strimzi,
  ...ceph,
  ...podless,
  { group: "helm.sh", pods: { Release: release } },
];

/** How the pods of a kind are read, by the key of its resources. */
export const READERS: Readonly<Record<string, (resource: Resource) => Workload[]>> = Object.fromEntries(
  API_GROUPS.flatMap(({ group, pods = {} }) => Object.entries(pods).map(([kind, read]) => [`${group}/${kind}`, read])),
);

/** Keys of kinds that make no pods. */
export const PODLESS: ReadonlySet<string> = keys(({ podless: kinds = [] }) => kinds);

/** Keys of kinds that take stored data along, besides those whose pods claim volumes. */
export const DATA_KINDS: ReadonlySet<string> = keys(({ holdsData = [] }) => holdsData);

function keys(kinds: (of: ApiGroup) => readonly string[]): ReadonlySet<string> {
  return new Set(API_GROUPS.flatMap((of) => kinds(of).map((kind) => `${of.group}/${kind}`)));
}
