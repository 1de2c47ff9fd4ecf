import type { Field } from "../core/field";

/** Taints that machines have of their own, and who puts up with them, by Kubernetes' rules. */

export interface Taint {
  readonly key: string;
  /** Empty where it has none. */
  readonly value: string;
  readonly effect: string;
}

/** Those that keep pods off: `PreferNoSchedule` is only a wish. */
export function repellingTaints(taints: Field): Taint[] {
  return taints.items
    .map((one) => ({ key: text(one, "key"), value: text(one, "value"), effect: text(one, "effect") }))
    .filter(({ effect }) => effect === "NoSchedule" || effect === "NoExecute");
}

/** `node-role.kubernetes.io/control-plane:NoSchedule`, as kubectl writes it. */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === "" ? "" : `=${value}`}:${effect}`;
}

/** Tolerations that are not known yet may tolerate anything. */
export function tolerates(tolerations: Field, taints: readonly Taint[]): boolean {
  return tolerations.unknown || taints.every((taint) => tolerations.items.some((one) => matches(one, taint)));
}

/** Without a key every taint is meant, without an effect every effect. */
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
