import { isDeepStrictEqual } from "node:util";

import * as grpc from "@grpc/grpc-js";
import type { ConfigureRequest } from "@pulumi/pulumi/proto/provider_pb";

/**
 * What Pulumi's Kubernetes plugin does with a ConfigMap or Secret whose content changes: it deletes the object and makes it
 * anew, unless it is configured to change such objects in place (`forceNewProperties` in its `diff.go`).
 */
type Properties = Readonly<Record<string, unknown>>;

const FIELDS: Readonly<Record<string, { readonly setting: string; readonly content: readonly string[] }>> = {
  ConfigMap: { setting: "enableConfigMapMutable", content: ["data", "binaryData"] },
  Secret: { setting: "enableSecretMutable", content: ["data", "stringData", "type"] },
};

/** What the plugin is configured with: the SDK's server answers the call and keeps nothing of it. */
let configured: Properties = {};

/** Must be called before the plugin serves. */
export function keepConfiguration(): void {
  const prototype = grpc.Server.prototype as unknown as {
    addService: (service: unknown, implementation: Record<string, Configure>) => void;
  };
  const { addService } = prototype;
  prototype.addService = function (service, implementation) {
    const configure = implementation.configure?.bind(implementation);
    implementation.configure = (call, done) => {
      configured = call.request.getArgs()?.toJavaScript() ?? {};
      configure?.(call, done);
    };
    addService.call(this, service, implementation);
  };
}

type Configure = (call: { readonly request: ConfigureRequest }, done: unknown) => void;

/** Fields for which an object is made anew; none where it is changed in place. */
export function replacedFields(type: string, olds: Properties, news: Properties): string[] {
  const { setting, content } = FIELDS[/^kubernetes:core\/v1:(\w+)$/.exec(type)?.[1] ?? ""] ?? {};
  if (setting === undefined || content === undefined) return [];
  const mutable = String(configured[setting]) === "true" && news.immutable !== true;
  return content
    .filter((field) => field === "type" || !mutable)
    .filter((field) => !isDeepStrictEqual(olds[field], news[field]));
}
