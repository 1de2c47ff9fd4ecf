import { createHash } from "node:crypto";

import type { Node } from "../../components/core/node";
import { groupName, type PodGroup } from "../../components/core/pod-group";
import { PRIORITIES } from "../../components/core/priorities";
import type { Api, KubernetesObject } from "../../sandbox/control-plane/api";
import { type NodeOptions, simulatedNode } from "../../sandbox/control-plane/nodes";
import { pods } from "../../sandbox/control-plane/pods";
import { standInPod } from "../../sandbox/control-plane/stand-ins";
import { until } from "../../sandbox/core/until";

/** Many small clusters on one control plane: each pod may run on the nodes of its own cluster only. */
export interface SmallCluster extends Pick<NodeOptions, "allocatable"> {
  /** Part of the names of its nodes and pods, and of no other's. */
  readonly id: string;
  readonly nodes: readonly Node[];
  readonly groups: readonly PodGroup[];
}

const NAMESPACE = "crowd";
const CLUSTER = "lakehouse.test/cluster";
/** Name of the pod that a pod replaces, or its own: what goes for others may still be ending when its successor comes. */
const POD = "lakehouse.test/pod";
/** Times that pods which had to go for others are made again, as their controllers would. */
const ROUNDS = 5;
/** The scheduler has nothing left to do when nothing changes for so long. */
const QUIET_MS = 4000;

export async function prepareCrowd(api: Api): Promise<void> {
  for (const [name, value] of Object.entries(PRIORITIES))
    await api.create({ apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name }, value });
  await api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: NAMESPACE } };
  await until("the namespace has its account", async () => (await api.get(account)) !== undefined);
}

/**
 * Lets the scheduler place all pods, which come in an order of chance. Nodes and pods are removed afterwards.
 * @returns by cluster the reasons of pods that found no node; none if all pods run
 */
export async function schedule(
  api: Api,
  clusters: readonly SmallCluster[],
  seed: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const nodes = clusters.flatMap(({ id, nodes: all, allocatable = "system" }) =>
    all.map((node) => labelled(simulatedNode({ ...node, name: `${id}-${node.name}` }, { allocatable }), id)),
  );
  await each(nodes, (node) => api.create(node));
  await until("nodes are ready", async () =>
    (await api.list("v1", "nodes")).every((node) => (node as { status?: Status }).status?.conditions?.some(isReady)),
  );
  const chance = (name: string) =>
    createHash("sha1")
      .update(`${String(seed)} ${name}`)
      .digest("hex");
  const wanted = new Map(clusters.flatMap(podsOf).map((pod) => [pod.metadata.name, pod]));
  const order = [...wanted.values()].toSorted((one, other) =>
    chance(one.metadata.name) < chance(other.metadata.name) ? -1 : 1,
  );
  let missing: readonly KubernetesObject[] = order;
  let found: Awaited<ReturnType<typeof pods>> = [];
  for (let round = 0; missing.length > 0 && round < ROUNDS; round++) {
    await each(missing, (pod) => api.create(round === 0 ? pod : successor(pod, round)));
    found = await quiet(api);
    const there = new Set(found.map(({ object }) => object.metadata.labels?.[POD]));
    missing = order.filter(({ metadata }) => !there.has(metadata.name));
  }
  const reasons = new Map<string, string[]>(clusters.map(({ id }) => [id, []]));
  for (const { object, node, name, why = "no node" } of found)
    if (node === undefined) reasons.get(object.metadata.labels?.[CLUSTER] ?? "")?.push(`${name}: ${why}`);
  for (const { metadata } of missing)
    reasons.get(metadata.labels?.[CLUSTER] ?? "")?.push(`${metadata.name}: goes for pods of higher priority`);
  await remove(api);
  return reasons;
}

interface Status {
  readonly conditions?: readonly { readonly type: string; readonly status: string }[];
}
const isReady = ({ type, status }: { readonly type: string; readonly status: string }) =>
  type === "Ready" && status === "True";

function labelled(object: KubernetesObject, id: string): KubernetesObject {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, labels: { ...metadata.labels, [CLUSTER]: id } } };
}

function podsOf({ id, groups }: SmallCluster): KubernetesObject[] {
  return groups.flatMap((group, at) =>
    Array.from({ length: group.replicas }, (_, replica) => {
      const { metadata, spec } = standInPod(group);
      const name = `${id}-${String(at)}-${groupName(group)}-${String(replica)}`;
      return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace: NAMESPACE, labels: { ...metadata.labels, [CLUSTER]: id, [POD]: name } },
        spec: { ...spec, nodeSelector: { [CLUSTER]: id } },
      };
    }),
  );
}

function successor(pod: KubernetesObject, round: number): KubernetesObject {
  const { metadata } = pod;
  return { ...pod, metadata: { ...metadata, name: `${metadata.name}-${String(round)}` } };
}

/** Waits until each pod has a node or a reason, and nothing changes. Only pods without a node are asked for: there are thousands of others. */
async function quiet(api: Api): Promise<Awaited<ReturnType<typeof pods>>> {
  let [state, since] = ["", Date.now()];
  await until(
    "the scheduler has looked at all pods",
    async () => {
      const waiting = await pods(api, "?fieldSelector=spec.nodeName%3D");
      const now = waiting.map(({ name, why = "" }) => `${name} ${why}`).join();
      if (now !== state) [state, since] = [now, Date.now()];
      return Date.now() - since > QUIET_MS && waiting.every(({ why }) => why !== undefined);
    },
    { every: 500 },
  );
  return pods(api);
}

async function remove(api: Api): Promise<void> {
  const gone = async (path: string) => {
    await api.must("DELETE", `${path}?gracePeriodSeconds=0`);
    await until(`${path} is empty`, async () => {
      const { items } = await api.must<{ items: unknown[] }>("GET", `${path}?limit=1`);
      return items.length === 0;
    });
  };
  await gone(`/api/v1/namespaces/${NAMESPACE}/pods`);
  await gone("/api/v1/nodes");
}

/** A few at a time, in their order. */
async function each<T>(all: readonly T[], act: (one: T) => Promise<unknown>): Promise<void> {
  const left = all.values();
  const worker = async () => {
    for (const one of left) await act(one);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}
