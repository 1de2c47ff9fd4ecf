import * as sdk from "@pulumi/policy/deserialize";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

type Deserialize = (properties: Struct, proxySecrets: boolean) => Record<string, unknown>;

/**
 * The SDK turns the properties of a request into plain values once for each policy; for 2 000 resources that is most of the
 * time that a pack takes. They are the same each time, and policies only read them (`Field` has nothing that writes), so
 * they are remembered by request. What the SDK puts around them, the guard of unknown values, is made anew for each policy.
 * Remediations change what they are given, and ask for secrets to be kept apart: theirs are never remembered.
 */
export function memoizeProperties(): void {
  const plain = new WeakMap<Struct, Record<string, unknown>>();
  // Its type declarations leave everything out.
  const { deserializeProperties } = sdk as unknown as { readonly deserializeProperties: Deserialize };
  const remembering: Deserialize = (properties, proxySecrets) => {
    if (proxySecrets) return deserializeProperties(properties, proxySecrets);
    let values = plain.get(properties);
    if (values === undefined) {
      values = deserializeProperties(properties, proxySecrets);
      plain.set(properties, values);
    }
    return values;
  };
  // The SDK's server calls it as a property of this module, and so sees the change.
  Object.assign(sdk, { deserializeProperties: remembering });
}
