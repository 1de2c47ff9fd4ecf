import { groupName, type PodGroup } from "../../components/core/pod-group";
import type { Plan } from "../../planner/plan";
import type { Api, KubernetesObject } from "./api";
import { STAND_IN } from "./stand-ins";
import { until } from "../core/until";

/** Placement of a pod. */
export interface Pod {
  readonly name: string;
  readonly namespace: string;
  /** Name of its group: the instance in its labels. */
  readonly group: string;
  /** Undefined while it is not scheduled. */
  readonly node: string | undefined;
  readonly phase: string;
  readonly standIn: boolean;
  /** The scheduler's reason why it is pending. */
  readonly why: string | undefined;
  readonly object: KubernetesObject;
}

interface PodFields {
  readonly spec: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
}

const INSTANCE = "app.kubernetes.io/instance";

/** A Job that a CronJob has made at its hour: its name ends with the minutes since 1970. A stand-in is there at any hour. */
const isScheduled = ({ metadata }: KubernetesObject): boolean =>
  /-\d{8}$/.test(metadata.labels?.["batch.kubernetes.io/job-name"] ?? "");

/**
 * All pods that are not being deleted, without those that schedules have started meanwhile.
 * @param query of the request, such as `?fieldSelector=…`
 */
export async function pods(api: Api, query = ""): Promise<Pod[]> {
  const all = await api.list("v1", "pods", query);
  return all
    .filter((pod) => pod.metadata.deletionTimestamp === undefined && !isScheduled(pod))
    .map((object) => {
      const { metadata, spec, status } = object as KubernetesObject & PodFields;
      return {
        name: metadata.name,
        namespace: metadata.namespace ?? "",
        group: metadata.labels?.[INSTANCE] ?? "",
        node: spec.nodeName,
        phase: status?.phase ?? "",
        standIn: metadata.labels?.[STAND_IN] === "true",
        why: status?.conditions?.find(({ type, status: is }) => type === "PodScheduled" && is === "False")?.message,
        object,
      };
    });
}

/** How many pods of each group a node has: `{ "k8s-3": { "trino-worker": 1 } }`. */
export type Placement = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Key under which unscheduled pods are counted. */
export const PENDING = "(pending)";

export function placed(all: readonly Pick<Pod, "group" | "node">[]): Placement {
  return count(all.map(({ group, node = PENDING }) => [node, group]));
}

/** The plan's own packing, in the same form. */
export function planned({ nodes, unplaced }: Pick<Plan, "nodes" | "unplaced">): Placement {
  return count([
    ...nodes.flatMap(({ name, pods: on }) => on.map((pod): [string, string] => [name, groupName(pod)])),
    ...unplaced.map((pod): [string, string] => [PENDING, groupName(pod)]),
  ]);
}

function count(all: readonly (readonly [string, string])[]): Placement {
  const nodes: Record<string, Record<string, number>> = {};
  for (const [node, group] of all.toSorted()) {
    const on = (nodes[node] ??= {});
    on[group] = (on[group] ?? 0) + 1;
  }
  return nodes;
}

/** Number of pods of a stack when all of them run. */
export const expected = (groups: readonly PodGroup[]): number =>
  groups.reduce((sum, { replicas }) => sum + replicas, 0);

/** Pods without tasks that run once, which the plan counts on no node. */
function staying(found: readonly Pod[], groups: readonly PodGroup[]): Pod[] {
  const tasks = new Set(groups.filter(({ lifetime }) => lifetime === "once").map(groupName));
  return found.filter(({ group }) => !tasks.has(group));
}

/**
 * Waits until every pod of the groups exists and runs, except those that the scheduler cannot place.
 * @param refused number of those @returns pods without tasks that run once
 */
export async function settled(api: Api, groups: readonly PodGroup[], refused = 0): Promise<Pod[]> {
  const wanted = expected(groups);
  let found: Pod[] = [];
  await until(
    `${String(wanted - refused)} pods run and ${String(refused)} are refused`,
    async () => {
      found = await pods(api);
      const running = found.filter(({ phase }) => phase === "Running").length;
      const waiting = found.filter(({ node, why }) => node === undefined && why !== undefined).length;
      return found.length === wanted && waiting === refused && running === wanted - refused;
    },
    { explain: () => Promise.resolve(JSON.stringify({ all: found.length, why: reasons(found), ...placed(found) })) },
  );
  return staying(found, groups);
}

/** Waits until no pod has changed for some seconds. @returns pods without tasks that run once */
export async function steady(api: Api, groups: readonly PodGroup[], seconds = 3): Promise<Pod[]> {
  const wanted = expected(groups);
  let found: Pod[] = [];
  let since = Date.now();
  await until(`the scheduler has looked at ${String(wanted)} pods`, async () => {
    const now = await pods(api);
    if (JSON.stringify(placed(now)) !== JSON.stringify(placed(found))) since = Date.now();
    found = now;
    const seen = found.length >= wanted && found.every(({ node, why }) => node !== undefined || why !== undefined);
    return seen && Date.now() - since > seconds * 1000;
  });
  return staying(found, groups);
}

const reasons = (all: readonly Pod[]) => [...new Set(all.map(({ why }) => why).filter((why) => why !== undefined))];
