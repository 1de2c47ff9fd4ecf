import { Field } from "../core/field";

/** The parsed JSON of a text field, under the same path; absent if it is not JSON. */
export function json(field: Field): Field {
  try {
    return Field.made(field.text === undefined ? undefined : JSON.parse(field.text), field.path);
  } catch {
    return Field.made(undefined, field.path);
  }
}
