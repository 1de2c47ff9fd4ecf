import type { Api, KubernetesObject } from "./api";
import { definitionsFor, establish } from "./crds";
import { rank, type Stack } from "./stack";
import { standIns } from "./stand-ins";
import { surroundings } from "./surroundings";
import { until } from "../core/until";

/** Applies objects in waves of the same rank: what others need is there first. */
export async function applyAll(api: Api, objects: readonly KubernetesObject[]): Promise<KubernetesObject[]> {
  const ranks = [...new Set(objects.map(rank))].toSorted((one, other) => one - other);
  const applied: KubernetesObject[] = [];
  for (const each of ranks) {
    const wave = objects.filter((object) => rank(object) === each);
    applied.push(...(await Promise.all(wave.map((object) => api.apply(object)))));
    // A quota that has not counted yet lets nothing in.
    if (wave[0]?.kind === "ResourceQuota") await until("quotas have counted", () => counted(api));
    if (wave[0]?.kind === "Namespace") await until("namespaces have their account", () => accounts(api, wave));
  }
  return applied;
}

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
 * What is there before the stack: definitions of the kinds that it uses, and what it finds on a cluster that is somebody
 * else's.
 * @param whole groups of which every definition is wanted
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

/** Pods that an operator, a schedule or somebody else would make. */
export const deployStandIns = (api: Api, stack: Stack): Promise<KubernetesObject[]> => applyAll(api, standIns(stack));

/** Deletes objects in the opposite order, and waits until the namespaces are gone with all that was made in them. */
export async function removeAll(api: Api, objects: readonly KubernetesObject[]): Promise<void> {
  // Nodes were there before: the stack only labels them, and leaves them labelled.
  const own = objects.filter(({ kind }) => kind !== "Node");
  const ranks = [...new Set(own.map(rank))].toSorted((one, other) => other - one);
  for (const each of ranks) {
    await Promise.all(own.filter((object) => rank(object) === each).map((object) => api.delete(object)));
  }
  const namespaces = new Set(own.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name));
  const left = async () =>
    (await api.list("v1", "namespaces")).map(({ metadata }) => metadata.name).filter((name) => namespaces.has(name));
  await until("the stack's namespaces are gone", async () => (await left()).length === 0, {
    explain: async () => (await left()).join(", "),
  });
}

/** Every object of the cluster but what Kubernetes writes about itself, as `Kind namespace/name`. */
export async function inventory(api: Api): Promise<string[]> {
  const about = new Set(["Event", "Lease", "EndpointSlice", "Endpoints", "PodMetrics", "NodeMetrics"]);
  const kinds = (await api.allResources()).filter(({ verbs, kind }) => verbs.includes("list") && !about.has(kind));
  const found = await Promise.all(
    kinds.map(async ({ apiVersion, plural, kind }) =>
      (await api.list(apiVersion, plural)).map(
        ({ metadata }) => `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${metadata.name}`,
      ),
    ),
  );
  return [...new Set(found.flat())].sort();
}
