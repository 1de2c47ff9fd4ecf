import type { Field } from "../core/field";

/** Taints of nodes and tolerations of pods, by the rules of Kubernetes. */

export interface Taint {
  readonly key: string;
  /** Empty if the taint has none. */
  readonly value: string;
  readonly effect: string;
}

/** The taints that forbid scheduling. `PreferNoSchedule` does not. */
export function repellingTaints(taints: Field): Taint[] {
  return taints.items
    .map((one) => ({ key: text(one, "key"), value: text(one, "value"), effect: text(one, "effect") }))
    .filter(({ effect }) => effect === "NoSchedule" || effect === "NoExecute");
}

/** `node-role.kubernetes.io/control-plane:NoSchedule`, as kubectl writes it. */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === "" ? "" : `=${value}`}:${effect}`;
}

/** Whether pods tolerate all taints. Unknown tolerations may tolerate anything. */
export function tolerates(tolerations: Field, taints: readonly Taint[]): boolean {
  return tolerations.unknown || taints.every((taint) => tolerations.items.some((one) => matches(one, taint)));
}

/** A toleration without a key matches every key, one without an effect every effect. */
function matches(toleration: Field, { key, value, effect }: Taint): boolean {
  if (toleration.unknown) return true;
  const right = (name: string, wanted: string) => {
    const field = toleration.at(name);
    return field.unknown || field.text === wanted;
  };
  const exists = toleration.at("operator").is("Exists");
  return (
    (right("key", key) || (exists && toleration.at("key").absent)) &&
    (exists || right("value", value) || (value === "" && toleration.at("value").absent)) &&
    (right("effect", effect) || toleration.at("effect").absent)
  );
}

const text = (field: Field, name: string) => field.at(name).text ?? "";
