import type { Api, KubernetesObject } from "./api";
import { definitionsFor, establish } from "./crds";
import { rank, type Stack } from "./stack";
import { standIns } from "./stand-ins";
import { surroundings } from "./surroundings";
import { until } from "../core/until";

/** Applies objects in waves of the same rank, so that dependencies exist first. */
export async function applyAll(api: Api, objects: readonly KubernetesObject[]): Promise<KubernetesObject[]> {
  const ranks = [...new Set(objects.map(rank))].toSorted((one, other) => one - other);
  const applied: KubernetesObject[] = [];
  for (const each of ranks) {
    const wave = objects.filter((object) => rank(object) === each);
    applied.push(...(await Promise.all(wave.map((object) => api.apply(object)))));
    // A quota without a status refuses all pods.
    if (wave[0]?.kind === "ResourceQuota") await until("quotas have counted", () => counted(api));
    // A claim that comes before its volume is known takes the next larger one, which another claim then lacks.
    if (wave.some(({ kind }) => kind === "PersistentVolume"))
      await until("volumes can be claimed", async () =>
        (await api.list("v1", "persistentvolumes")).every(({ status }) => isKnown(status)),
      );
    if (wave[0]?.kind === "Namespace") await until("namespaces have their account", () => accounts(api, wave));
  }
  return applied;
}

/** The controller of volumes has seen it. */
const isKnown = (status: unknown): boolean =>
  !["", "Pending"].includes((status as { readonly phase?: string } | undefined)?.phase ?? "");

async function counted(api: Api): Promise<boolean> {
  const quotas = await api.list("v1", "resourcequotas");
  return quotas.every(({ status }) => Object.keys((status as { readonly hard?: object }).hard ?? {}).length > 0);
}

async function accounts(api: Api, namespaces: readonly KubernetesObject[]): Promise<boolean> {
  const all = await api.list("v1", "serviceaccounts");
  const having = new Set(
    all.filter(({ metadata }) => metadata.name === "default").map(({ metadata }) => metadata.namespace),
  );
  return namespaces.every(({ metadata }) => having.has(metadata.name));
}

/**
 * Prepares an empty control plane for a stack: CRDs, and objects that an existing cluster would have.
 * @param whole groups of which all CRDs are needed
 */
export async function prepare(api: Api, stack: Stack, whole: readonly string[] = []): Promise<void> {
  await establish(api, await definitionsFor(stack.objects, whole));
  await applyAll(api, surroundings(stack));
}

/** The whole stack on an empty control plane. */
export async function deploy(api: Api, stack: Stack, whole: readonly string[] = []): Promise<KubernetesObject[]> {
  await prepare(api, stack, whole);
  return applyAll(api, stack.objects);
}

/** Stand-ins for pods that an operator, a schedule or an existing system would create. */
export const deployStandIns = (api: Api, stack: Stack): Promise<KubernetesObject[]> => applyAll(api, standIns(stack));

/** Deletes objects in reverse order, and waits until the namespaces are gone with everything in them. */
export async function removeAll(api: Api, objects: readonly KubernetesObject[]): Promise<void> {
  // Nodes existed before: the stack only labels them, and the labels stay.
  const own = objects.filter(({ kind }) => kind !== "Node");
  const ranks = [...new Set(own.map(rank))].toSorted((one, other) => other - one);
  for (const each of ranks) {
    await Promise.all(own.filter((object) => rank(object) === each).map((object) => api.delete(object)));
  }
  const namespaces = new Set(own.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name));
  const remaining = async () =>
    (await api.list("v1", "namespaces")).map(({ metadata }) => metadata.name).filter((name) => namespaces.has(name));
  await until("the stack's namespaces are gone", async () => (await remaining()).length === 0, {
    explain: async () => (await remaining()).join(", "),
  });
}

/** Every object of the cluster without Kubernetes' own, as `Kind namespace/name`. */
export async function inventory(api: Api): Promise<string[]> {
  const shortLived = new Set(["Event", "Lease", "EndpointSlice", "Endpoints", "PodMetrics", "NodeMetrics"]);
  const kinds = (await api.allResources()).filter(({ verbs, kind }) => verbs.includes("list") && !shortLived.has(kind));
  const found = await Promise.all(
    kinds.map(async ({ apiVersion, plural, kind }) =>
      (await api.list(apiVersion, plural)).map(
        ({ metadata }) => `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`,
      ),
    ),
  );
  return [...new Set(found.flat())].sort();
}
