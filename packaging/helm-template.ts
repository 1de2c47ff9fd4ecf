import { stringify } from "yaml";

import type { KubernetesObject } from "./unit";

/** What a person changes in a running platform, by its key in a manifest: how many, which image, how large. */
const NUMBERS = new Set(["replicas", "instances", "count"]);
const TEXTS = new Set(["image", "imageName"]);
const MAPS = new Set(["resources"]);
/** The same in kinds that name it otherwise: Spark's jobs, Flink's, quotas. */
const OF_KIND: Readonly<Record<string, ReadonlySet<string>>> = {
  SparkApplication: new Set(["cores", "memory"]),
  ScheduledSparkApplication: new Set(["cores", "memory"]),
  FlinkDeployment: new Set(["resource"]),
  ResourceQuota: new Set(["hard"]),
};

/** A value that has moved to `values.yaml`. */
interface Lifted {
  readonly path: readonly string[];
  readonly value: unknown;
}

export interface Template {
  readonly text: string;
  /** Its part of `values.yaml`; undefined if nothing of it is there. */
  readonly values: Values | undefined;
}
export type Values = Record<string, unknown>;

/** Never in a manifest: no YAML of ours has a control picture. */
const MARK = "␟";

/**
 * An object as a Helm template that yields the object itself with the chart's own values. Braces in texts (alerts, dashboards, Airflow's
 * templates) stay what they are.
 * @param key of its values in the chart's; empty if it has none
 */
export function template(object: KubernetesObject, key: string): Template {
  const { marked, lifted } = liftAll(object);
  const plain = stringify(marked, { lineWidth: 0, aliasDuplicateObjects: false, compat: "yaml-1.1" });
  // Only two opening braces begin an action of a template.
  let text = plain.replaceAll("{{", '{{ "{{" }}');
  for (const [index, { path, value }] of lifted.entries()) {
    const line = new RegExp(`^([ -]*)(.*?): ["']?${MARK}${String(index)}${MARK}["']?$`, "m");
    const reference = `.Values.${[key, ...path].join(".")}`;
    text = text.replace(line, (_, indent: string, name: string) => {
      if (!isMap(value)) return `${indent}${name}: {{ ${reference}${typeof value === "string" ? " | quote" : ""} }}`;
      const depth = indent.length + 2;
      return `${indent}${name}:\n${" ".repeat(depth)}{{- toYaml ${reference} | nindent ${String(depth)} }}`;
    });
  }
  if (text.includes(MARK))
    throw new Error(`${object.kind} ${object.metadata.name}: a value has no place in its template`);
  return { text, values: lifted.length === 0 ? undefined : nested(lifted) };
}

/** Whether something of an object moves to `values.yaml`. */
export const hasValues = (object: KubernetesObject): boolean => liftAll(object).lifted.length > 0;

function liftAll(object: KubernetesObject): { readonly marked: object; readonly lifted: readonly Lifted[] } {
  const lifted: Lifted[] = [];
  const marked = { ...object, ...(isMap(object.spec) && { spec: lift(object.spec, [], object.kind, lifted) }) };
  return { marked, lifted };
}

/** Replaces values by marks, and notes them. */
function lift(value: unknown, path: readonly string[], kind: string, lifted: Lifted[]): unknown {
  if (Array.isArray(value)) {
    return value.map((each: unknown, index) => lift(each, stepInto(path, each, index), kind, lifted));
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (!isLifted(key, inner, kind)) return [key, lift(inner, step(path, key), kind, lifted)];
      lifted.push({ path: [...path.filter((each) => each !== FIRST), key], value: inner });
      return [key, `${MARK}${String(lifted.length - 1)}${MARK}`];
    }),
  );
}

function isLifted(key: string, value: unknown, kind: string): boolean {
  // The members of a StatefulSet know each other by the rendered configuration, so that more of them need more than a number.
  if (key === "replicas" && kind === "StatefulSet") return false;
  // A quota of nothing but pods closes a namespace to pods without a priority.
  if (OF_KIND[kind]?.has(key) === true) return !isMap(value) || Object.keys(value).length > 1;
  if (NUMBERS.has(key)) return typeof value === "number";
  if (TEXTS.has(key)) return typeof value === "string";
  return MAPS.has(key) && isMap(value);
}

/** Steps that only Kubernetes needs. */
const SILENT = new Set(["spec", "template", "jobTemplate", "podTemplate", "containers"]);
/** The first container of a pod, whose values stand at the pod's own level. */
const FIRST = "␟first";

const step = (path: readonly string[], key: string): readonly string[] =>
  key === "containers" ? [...path, FIRST] : SILENT.has(key) ? path : [...path, camel(key)];

function stepInto(path: readonly string[], item: unknown, index: number): readonly string[] {
  const name = camel(nameOf(item) ?? `item-${String(index)}`);
  if (path.at(-1) !== FIRST) return [...path, name];
  return index === 0 ? path : [...path.slice(0, -1), "containers", name];
}

function nameOf(item: unknown): string | undefined {
  if (!isMap(item)) return undefined;
  return typeof item.name === "string" ? item.name : nameOf(item.metadata);
}

function nested(lifted: readonly Lifted[]): Values {
  const all: Values = {};
  for (const { path, value } of lifted) {
    const steps = path.slice(0, -1);
    const within = steps.reduce<Values>((found, each) => (found[each] ??= {}) as Values, all);
    const last = path.at(-1) ?? "";
    if (last in within) throw new Error(`two values are named ${path.join(".")}`);
    within[last] = value;
  }
  return all;
}

/** `trino-worker` → `trinoWorker`: a template can name it without quotes. */
export const camel = (name: string): string =>
  name
    .replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => next?.toUpperCase() ?? "")
    .replace(/^(?=\d)/, "n");

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
