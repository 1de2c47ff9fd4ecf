import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { description } from "./capacity/model";
import { type Config, resourcePolicy, stackPolicy, type Violation } from "./core/define";
import type { Stack } from "./core/stack";
import { PODLESS, READERS } from "./operators";
import { chartName, CHARTS } from "./workloads/charts";
import { roleNote } from "./workloads/types";

/** What no other policy sees passes all of them: pods of unknown kinds, charts and namespaces are refused here. */

/** Resources that stand for objects of their own: children, where the engine has made them. */
const EXPANDED = new Set(["helm.sh/Chart", "kustomize/Directory", "yaml/ConfigFile", "yaml/ConfigGroup"]);

export const objectRequireKnownKind: StackValidationPolicy = stackPolicy({
  name: "object-require-known-kind",
  description: "Every Kubernetes object is of a kind whose pods this pack reads, or that makes none.",
  config: { podless: names("Kinds that make no pods, besides those that the pack lists, as group/Kind.") },
  *check(stack, config): Generator<Violation> {
    const more = listed(config.podless);
    for (const key of stack.keys) {
      if (!isObject(key) || READERS[key] !== undefined || PODLESS.has(key) || more.has(key)) continue;
      for (const on of stack.of(key)) {
        if (!EXPANDED.has(key))
          yield {
            on,
            field: "kind",
            problem: `is a ${key}, a kind of which the pack neither reads the pods nor lists that it makes none`,
            fix: `describe ${key} in policies/operators, or list it in "podless" of this policy's configuration if it makes no pods`,
          };
        else if (!stack.hasChildren(on))
          yield {
            on,
            field: "kind",
            problem: "shows none of the objects that it makes, so no policy has judged them",
            fix: "judge it where they are seen (pulumi preview --policy-pack), or use a Release of a chart that the pack reads",
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
  config: { charts: names("Charts whose pods count as one kind that somebody else answers for, by name.") },
  *check({ root }, config): Generator<Violation> {
    const field = root.at("chart");
    if (field.unknown) return;
    const chart = chartName(field.text ?? "");
    if (Object.hasOwn(CHARTS, chart) || listed(config.charts).has(chart)) return;
    yield {
      field,
      problem: `installs ${field.absent ? "no chart that is named" : JSON.stringify(field.value)}, whose pods the pack does not read`,
      fix: 'describe the chart in policies/workloads/charts.ts, or list it in "charts" of this policy\'s configuration',
    };
  },
});

export const podRequireKnownNamespace: StackValidationPolicy = stackPolicy({
  name: "pod-require-known-namespace",
  description: "Every pod runs in a namespace that the stack makes, or that is named as existing.",
  config: { existing: names("Namespaces that are there already, besides those that the capacity ConfigMap names.") },
  *check(stack, config): Generator<Violation> {
    // One whose name is not known yet may be any.
    if (stack.of("core/Namespace").some(({ root }) => root.get("metadata.name").unknown)) return;
    const existing = new Set([...listed(config.existing), ...existingNamespaces(stack)]);
    for (const workload of stack.workloads) {
      const { namespace, resource } = workload;
      if (namespace === undefined || stack.manages(namespace) || existing.has(namespace)) continue;
      yield {
        on: resource,
        field: resource.root.get("metadata.namespace").or(resource.root.at("namespace")),
        problem: `runs pods in ${namespace}, a namespace that the stack does not make and nobody names as existing, so nothing bounds and isolates them${roleNote(workload)}`,
        fix: `make the namespace ${namespace} in the stack, or name it in "existing" of this policy's configuration or in "namespaces" of the capacity ConfigMap`,
      };
    }
  },
});

function existingNamespaces(stack: Stack): string[] {
  return description(stack)
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
