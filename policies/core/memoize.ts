import * as sdk from "@pulumi/policy/deserialize";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

type Deserialize = (properties: Struct, proxySecrets: boolean) => Record<string, unknown>;

/**
 * The SDK turns the properties of a request into plain values once for each policy. For 2 000 resources that is most of the
 * time of a pack. The values are the same for each policy, and policies only read them (`Field` cannot write), so they are
 * cached by request. The SDK's guard of unknown values is still made for each policy. Remediations change their properties
 * and ask for wrapped secrets, so theirs are not cached.
 */
export function memoizeProperties(): void {
  const plain = new WeakMap<Struct, Record<string, unknown>>();
  // The module's type declarations export nothing.
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
  // The SDK's server calls the function as a property of this module, so it calls the replacement.
  Object.assign(sdk, { deserializeProperties: remembering });
}
