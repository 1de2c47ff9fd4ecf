import { Field } from "../core/field";

/** What a text holds, shown under the path of the text; absent where it is not JSON. */
export function json(field: Field): Field {
  try {
    return Field.made(field.text === undefined ? undefined : JSON.parse(field.text), field.path);
  } catch {
    return Field.made(undefined, field.path);
  }
}
