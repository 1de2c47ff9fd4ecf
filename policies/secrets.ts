import type { ResourceValidationPolicy } from "@pulumi/policy";

import { type Config, resourcePolicy, type Violation } from "./core/define";
import type { Field } from "./core/field";
import { secretIn, secretInFile } from "./secrets/detect";
import { TEMPLATES } from "./operators/kubernetes";
import { workloads, WORKLOAD_KEYS } from "./workloads";

/** Secret values outside of Secrets. Everybody who may read the namespace can read them, and plans show them. */

const CONFIG = {
  ignoreKeys: {
    type: "array" as const,
    items: { type: "string" as const },
    default: [],
    description: "Keys whose values only look like secrets.",
  },
};
const FIX = "move the value to a Secret and refer to it";

function ignored(key: string, config: Config): boolean {
  return Array.isArray(config.ignoreKeys) && (config.ignoreKeys as unknown[]).includes(key);
}

export const configMapForbidSecrets: ResourceValidationPolicy = resourcePolicy({
  name: "configmap-forbid-secrets",
  description: "No ConfigMap holds a password, a key or a token.",
  of: ["core/ConfigMap"],
  config: CONFIG,
  *check({ root }, config): Generator<Violation> {
    for (const part of ["data", "binaryData"]) {
      for (const [key, field] of root.at(part).entries) {
        const text = field.text;
        if (text === undefined || ignored(key, config)) continue;
        const found = text.includes("\n") ? secretInFile(text) : (secretIn(key, text) ?? secretInFile(text));
        if (found !== undefined) yield { field, problem: `holds ${found}`, fix: FIX };
      }
    }
  },
});

export const containerForbidSecrets: ResourceValidationPolicy = resourcePolicy({
  name: "container-forbid-secrets",
  description: "No container has a password, a key or a token as a literal.",
  of: WORKLOAD_KEYS,
  config: CONFIG,
  *check(resource, config): Generator<Violation> {
    for (const { name, field } of workloads(resource).flatMap(({ containers }) => containers)) {
      for (const variable of field.at("env").items) {
        const key = variable.at("name").text ?? "";
        const value = variable.at("value");
        const found = value.text === undefined || ignored(key, config) ? undefined : secretIn(key, value.text);
        if (found !== undefined)
          yield { field: value, problem: `gives container ${name} ${found}`, fix: `${FIX} by secretKeyRef` };
      }
      for (const { field: text } of [...field.at("args").strings(), ...field.at("command").strings()]) {
        const found = secretInFile(text.text ?? "");
        if (found !== undefined)
          yield { field: text, problem: `gives container ${name} ${found}`, fix: `${FIX} by secretKeyRef` };
      }
    }
  },
});

export const releaseForbidSecrets: ResourceValidationPolicy = resourcePolicy({
  name: "release-forbid-secrets",
  description: "No values of a Helm chart hold a password, a key or a token.",
  of: ["helm.sh/Release", "helm.sh/Chart"],
  config: CONFIG,
  check: ({ root }, config) => literals(root.at("values"), config, "name the Secret that the chart reads instead"),
});

/** Kinds that other policies judge, or that are made to hold secrets. */
const NOT_CUSTOM =
  /^(core|apps|batch|networking\.k8s\.io|policy|rbac\.authorization\.k8s\.io|helm\.sh|apiextensions\.k8s\.io|monitoring\.coreos\.com)\//;

export const customResourceForbidSecrets: ResourceValidationPolicy = resourcePolicy({
  name: "customresource-forbid-secrets",
  description: "No custom resource holds a password, a key or a token.",
  config: CONFIG,
  *check({ key, root }, config) {
    // Kubernetes objects have the key group/Kind; providers' resources take secrets as encrypted inputs.
    if (!key.includes("/") || key.includes(":") || NOT_CUSTOM.test(key) || TEMPLATES[key] !== undefined) return;
    yield* literals(root.at("spec"), config, FIX);
  },
});

/** Literals below a field that look like secrets. */
function* literals(top: Field, config: Config, fix: string): Generator<Violation> {
  for (const [key, field] of walk(top, "")) {
    const text = field.text;
    if (text === undefined || ignored(key, config)) continue;
    const found = text.includes("\n") ? secretInFile(text) : secretIn(key, text);
    if (found !== undefined) yield { field, problem: `holds ${found}`, fix };
  }
}

/** A map that names a Secret holds names of keys and not their values. The name of an `env` entry is in a sibling field. */
function* walk(field: Field, key: string): Generator<[string, Field]> {
  if (field.text !== undefined) yield [key, field];
  for (const item of field.items) yield* walk(item, key);
  const entries = field.entries;
  const refers = entries.some(([name, { text }]) => /^(name|.*secret(name|ref)?)$/i.test(name) && text !== undefined);
  for (const [name, entry] of entries) {
    if (name === "value" && refers) yield* walk(entry, field.at("name").text ?? "");
    else if (refers && entry.text !== undefined) yield ["", entry];
    else yield* walk(entry, name);
  }
}

export const secrets = [
  configMapForbidSecrets,
  containerForbidSecrets,
  releaseForbidSecrets,
  customResourceForbidSecrets,
];
