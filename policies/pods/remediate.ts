import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";

import { ALLOW, exemption } from "../core/exempt";
import { Field } from "../core/field";
import { Resource } from "../core/resource";
import { BUILT_IN } from "../workloads/pods";

/**
 * Corrections that can only be meant one way, to pods of the built-in kinds. They add what is absent; what somebody wrote, or
 * what is not known yet, stays as it is and is left to the policies that judge it.
 */

interface Remediation {
  readonly name: string;
  readonly description: string;
  /** Values to add, each with the keys that lead to it below the pod template. */
  readonly additions: (template: Field, resource: Resource) => Addition[];
}

type Addition = readonly [keys: readonly string[], value: unknown];

function remediation({ name, description, additions }: Remediation): ResourceValidationPolicy {
  return {
    name,
    description,
    configSchema: { properties: { allow: ALLOW } },
    remediateResource: (args) => {
      const resource = new Resource(args);
      const shape = BUILT_IN[resource.key];
      if (shape === undefined || exemption(name, resource, args.getConfig())?.holds === true) return undefined;
      const path = shape.template === "" ? [] : shape.template.split(".");
      const template = resource.root.at(...path);
      if (!template.at("spec").present) return undefined;
      const added = additions(template, resource);
      for (const [keys, value] of added) put(args, [...path, ...keys], value);
      return added.length === 0 ? undefined : args.props;
    },
  };
}

/**
 * Writes below the SDK's guard against unknown values, which refuses to be walked through, and into the object that it hands
 * out: a copy would lose which of the values are secret.
 */
function put({ props }: ResourceValidationArgs, keys: readonly string[], value: unknown): void {
  let at = Field.of(props).value as Record<string, unknown>;
  for (const key of keys.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  at[keys.at(-1) ?? ""] = value;
}

const LABEL_VALUE = /^[a-zA-Z0-9]([a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/;

export const podRemediateLabels = remediation({
  name: "pod-remediate-labels",
  description: "Adds the labels to pods that follow from the name of their object, and who manages it.",
  additions(template, resource) {
    const name = resource.root.at("metadata", "name").text;
    const labels = template.at("metadata", "labels");
    if (name === undefined || !LABEL_VALUE.test(name) || labels.unknown) return [];
    const wanted = { name, "instance": name, "managed-by": "pulumi" };
    return Object.entries(wanted)
      .map(([key, value]) => [`app.kubernetes.io/${key}`, value] as const)
      .filter(([key]) => labels.at(key).absent)
      .map(([key, value]) => [["metadata", "labels", key], value]);
  },
});

export const podRemediateSeccomp = remediation({
  name: "pod-remediate-seccomp",
  description: "Adds the RuntimeDefault seccomp profile to pods without one.",
  additions(template) {
    const spec = template.at("spec");
    const system = spec.at("os", "name");
    if (system.unknown || system.is("windows") || !spec.at("securityContext", "seccompProfile").absent) return [];
    return [[["spec", "securityContext", "seccompProfile"], { type: "RuntimeDefault" }]];
  },
});

export const podRemediateToken = remediation({
  name: "pod-remediate-token",
  description: "Turns the service account's token off for pods that do not say whether they use it.",
  additions(template) {
    if (!template.at("spec", "automountServiceAccountToken").absent) return [];
    return [[["spec", "automountServiceAccountToken"], false]];
  },
});

/** Off unless somebody sets their level to `remediate`. */
export const remediations: readonly ResourceValidationPolicy[] = [
  podRemediateLabels,
  podRemediateSeccomp,
  podRemediateToken,
];
