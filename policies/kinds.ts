import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { capacityConfigMap } from "./capacity/model";
import { type Config, resourcePolicy, stackPolicy, type Violation } from "./core/define";
import type { Stack } from "./core/stack";
import { CHARTS, KINDS } from "./operators";
import { chartName } from "./workloads/charts";
import { roleNote } from "./workloads/types";

/** Pods that the pack cannot read pass every other policy, so unknown kinds, charts and namespaces are refused here. */

/** Resources that expand into other objects. The engine shows those as children, but not in every kind of preview. */
const EXPANDED = new Set(["helm.sh/Chart", "kustomize/Directory", "yaml/ConfigFile", "yaml/ConfigGroup"]);

export const objectRequireKnownKind: StackValidationPolicy = stackPolicy({
  name: "object-require-known-kind",
  description: "Every Kubernetes object is of a kind whose pods this pack reads, or of a kind that makes no pods.",
  config: { podless: names("Kinds that make no pods, besides those that the pack lists, as group/Kind.") },
  *check(stack, config): Generator<Violation> {
    const more = listed(config.podless);
    for (const key of stack.keys) {
      if (!isObject(key) || Object.hasOwn(KINDS, key) || more.has(key)) continue;
      for (const on of stack.of(key)) {
        if (!EXPANDED.has(key))
          yield {
            on,
            field: "kind",
            problem: `is a ${key}, and the pack does not know whether this kind makes pods`,
            fix: `describe ${key} in policies/operators, or list it in "podless" of this policy's configuration if it makes no pods`,
          };
        else if (!stack.hasChildren(on))
          yield {
            on,
            field: "kind",
            problem: "does not show the objects that it makes, so no policy has judged them",
            fix: "run pulumi preview --policy-pack, which shows them, or use a Release of a chart that the pack reads",
          };
      }
    }
  },
});

/** Kubernetes objects have the key group/Kind, other resources their type token. */
function isObject(key: string): boolean {
  return key.includes("/") && !key.includes(":");
}

export const releaseRequireKnownChart: ResourceValidationPolicy = resourcePolicy({
  name: "release-require-known-chart",
  description: "Every Helm release installs a chart whose pods this pack reads.",
  of: ["helm.sh/Release"],
  config: { charts: names("Names of charts that are accepted though the pack does not read their pods.") },
  *check({ root }, config): Generator<Violation> {
    const field = root.at("chart");
    if (field.unknown) return;
    const chart = chartName(field.text ?? "");
    if (Object.hasOwn(CHARTS, chart) || listed(config.charts).has(chart)) return;
    yield {
      field,
      problem: `installs ${field.absent ? "a chart without a name" : JSON.stringify(field.value)}, whose pods the pack does not read`,
      fix: 'describe the chart in policies/operators, or list it in "charts" of this policy\'s configuration',
    };
  },
});

export const podRequireKnownNamespace: StackValidationPolicy = stackPolicy({
  name: "pod-require-known-namespace",
  description: "Every pod runs in a namespace that the stack makes, or that is listed as existing.",
  config: { existing: names("Namespaces that exist already, in addition to those in the capacity ConfigMap.") },
  *check(stack, config): Generator<Violation> {
    // A namespace whose name is unknown may be the one of the pods.
    if (stack.of("core/Namespace").some(({ root }) => root.get("metadata.name").unknown)) return;
    const existing = new Set([...listed(config.existing), ...existingNamespaces(stack)]);
    for (const workload of stack.workloads) {
      const { namespace, resource } = workload;
      if (namespace === undefined || stack.manages(namespace) || existing.has(namespace)) continue;
      yield {
        on: resource,
        field: resource.root.get("metadata.namespace").or(resource.root.at("namespace")),
        problem: `runs pods in the namespace ${namespace}, which the stack neither makes nor lists as existing, so no quota and no default deny is checked for them${roleNote(workload)}`,
        fix: `make the namespace ${namespace} in the stack, or list it in "existing" of this policy's configuration or in "namespaces" of the capacity ConfigMap`,
      };
    }
  },
});

function existingNamespaces(stack: Stack): string[] {
  return capacityConfigMap(stack)
    .at("namespaces")
    .items.flatMap(({ text }) => text ?? []);
}

function names(text: string) {
  return { type: "array" as const, items: { type: "string" as const }, default: [], description: text };
}

function listed(value: Config[string]): ReadonlySet<unknown> {
  return new Set(Array.isArray(value) ? (value as unknown[]) : []);
}

export const kinds = [objectRequireKnownKind, releaseRequireKnownChart, podRequireKnownNamespace];
