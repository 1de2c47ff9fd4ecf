import type { Bucket } from "../../core/bucket";
import { serviceOf } from "./config";
import type { KnativeSettings } from "./settings";

/** What decides who is told of objects. */
interface Settings {
  readonly storage: { readonly objects: { readonly kind: string } };
  readonly streaming: { readonly knative: KnativeSettings; readonly kafka: { readonly enabled: boolean } };
}

/** Buckets that tell each function of its objects, where the stack itself can say so to the store. Pure. */
export function withArrivals(buckets: readonly Bucket[], { storage, streaming }: Settings): readonly Bucket[] {
  const { knative, kafka } = streaming;
  if (!knative.enabled || !kafka.enabled || storage.objects.kind !== "minio") return buckets;
  const told = Object.entries(knative.functions).map(([name, { from }]) => ({
    topic: serviceOf(name),
    events: ["created"] as const,
    prefix: from,
  }));
  return buckets.map((one) => (one.key === "bronze" ? { ...one, notify: [...one.notify, ...told] } : one));
}
