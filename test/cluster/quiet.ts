import { setTimeout as sleep } from "node:timers/promises";

import type { Api, KubernetesObject } from "../../sandbox/control-plane/api";
import { until } from "../../sandbox/core/until";

interface Named {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export const key = ({ kind, metadata }: Named): string => `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;

/** The resourceVersion of every object, which changes at each write; empty for one that is not there. */
export async function versions(api: Api, objects: readonly KubernetesObject[]): Promise<Record<string, string>> {
  const all = await Promise.all(
    objects.map(async (object) => [key(object), (await api.get(object))?.metadata.resourceVersion ?? ""] as const),
  );
  return Object.fromEntries(all);
}

/** Reads until the result is the same for a second, so that the controllers have finished. */
export async function quiet<T>(look: () => Promise<T>): Promise<T> {
  let last = await look();
  let since = Date.now();
  await until("nothing changes", async () => {
    const now = await look();
    if (JSON.stringify(now) !== JSON.stringify(last)) since = Date.now();
    last = now;
    await sleep(200);
    return Date.now() - since > 1_500;
  });
  return last;
}
