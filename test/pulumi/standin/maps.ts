import { isDeepStrictEqual } from "node:util";

import * as grpc from "@grpc/grpc-js";
import type { ConfigureRequest } from "@pulumi/pulumi/proto/provider_pb";

/**
 * Replacement of ConfigMaps and Secrets as in Pulumi's Kubernetes plugin: if the content changes, it deletes the object and
 * creates a new one, unless it is configured to change such objects in place (`forceNewProperties` in its `diff.go`).
 */
type Properties = Readonly<Record<string, unknown>>;

const FIELDS: Readonly<Record<string, { readonly setting: string; readonly content: readonly string[] }>> = {
  ConfigMap: { setting: "enableConfigMapMutable", content: ["data", "binaryData"] },
  Secret: { setting: "enableSecretMutable", content: ["data", "stringData", "type"] },
};

/** The plugin's configuration. It is intercepted, because the SDK's server does not keep it. */
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

/** Changed fields that require a replacement; none if the object is changed in place. */
export function replacedFields(type: string, olds: Properties, news: Properties): string[] {
  const { setting, content } = FIELDS[/^kubernetes:core\/v1:(\w+)$/.exec(type)?.[1] ?? ""] ?? {};
  if (setting === undefined || content === undefined) return [];
  const mutable = String(configured[setting]) === "true" && news.immutable !== true;
  return content
    .filter((field) => field === "type" || !mutable)
    .filter((field) => !isDeepStrictEqual(olds[field], news[field]));
}
