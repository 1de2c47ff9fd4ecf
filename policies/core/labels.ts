import type { Field } from "./field";

/**
 * Labels of an object; undefined if the whole map is unknown. An unknown value is `null` and matches everything, because a
 * rule must not fail for a value that it cannot see.
 */
export type Labels = Readonly<Record<string, string | null>> | undefined;

export function labelsOf(...fields: readonly Field[]): Labels {
  if (fields.some((field) => field.unknown)) return undefined;
  const entries = fields.flatMap((field) => field.entries);
  return Object.fromEntries(entries.map(([key, value]) => [key, value.unknown ? null : String(value.value)]));
}

/** Whether a label selector (`matchLabels`, `matchExpressions`) selects an object. An empty one selects all. */
export function selects(selector: Field, labels: Labels): boolean {
  if (labels === undefined || selector.unknown) return true;
  return (
    selector.at("matchLabels").entries.every(([key, value]) => equal(labels[key], value)) &&
    selector.at("matchExpressions").items.every((expression) => satisfies(expression, labels))
  );
}

/** Whether a plain map of labels, as Services have it, selects an object. An empty one selects nothing. */
export function selectsPlainly(selector: Field, labels: Labels): boolean {
  if (selector.unknown) return true;
  const wanted = selector.entries;
  return wanted.length > 0 && (labels === undefined || wanted.every(([key, value]) => equal(labels[key], value)));
}

function equal(actual: string | null | undefined, wanted: Field): boolean {
  return actual === null || (actual !== undefined && (wanted.unknown || String(wanted.value) === actual));
}

function satisfies(expression: Field, labels: NonNullable<Labels>): boolean {
  const key = expression.at("key").text;
  const values = expression.at("values");
  if (key === undefined || values.unknown) return true;
  const actual = labels[key];
  const listed = values.items.some((value) => equal(actual, value));
  switch (expression.at("operator").text) {
    case "In":
      return listed;
    case "NotIn":
      return actual === null || !listed;
    case "Exists":
      return actual !== undefined;
    case "DoesNotExist":
      return actual === undefined || actual === null;
    default:
      return true;
  }
}
