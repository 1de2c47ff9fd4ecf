import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";

import { ALLOW, exemption } from "../core/exempt";
import { Field } from "../core/field";
import { Resource } from "../core/resource";
import { TEMPLATES } from "../operators/kubernetes";

/**
 * Remediations for pods of the built-in kinds. They add absent fields that have only one sensible value. Fields that are set or
 * unknown stay as they are, and the other policies judge them.
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
      const at = TEMPLATES[resource.key];
      if (at === undefined || exemption(name, resource, args.getConfig())?.holds === true) return undefined;
      const path = at === "" ? [] : at.split(".");
      const template = resource.root.at(...path);
      if (!template.at("spec").present) return undefined;
      const added = additions(template, resource);
      for (const [keys, value] of added) put(args, [...path, ...keys], value);
      return added.length === 0 ? undefined : args.props;
    },
  };
}

/**
 * Writes into the target of the SDK's proxy, because the proxy throws at unknown values. It writes in place, because a copy would
 * lose which values are secret.
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
  description: "Adds the recommended labels name, instance and managed-by to pods that lack them.",
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
  description: "Sets automountServiceAccountToken to false for pods that do not set it.",
  additions(template) {
    if (!template.at("spec", "automountServiceAccountToken").absent) return [];
    return [[["spec", "automountServiceAccountToken"], false]];
  },
});

/** Disabled unless the configuration sets their enforcement level to `remediate`. */
export const remediations: readonly ResourceValidationPolicy[] = [
  podRemediateLabels,
  podRemediateSeccomp,
  podRemediateToken,
];
