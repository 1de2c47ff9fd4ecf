import Ajv, { type ValidateFunction } from "ajv";

/** The fields of a structural schema that closing it needs. */
interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly [keyword: string]: unknown;
}

interface Crd {
  readonly spec: {
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/**
 * Closes a schema like the API server's strict field validation: an unknown field is an error, except below
 * `x-kubernetes-preserve-unknown-fields`.
 */
export function closed(schema: Schema): Schema {
  const { properties, items, additionalProperties, pattern, nullable, ...rest } = schema;
  const open =
    schema["x-kubernetes-preserve-unknown-fields"] === true || schema["x-kubernetes-embedded-resource"] === true;
  return {
    ...rest,
    // JSON Schema allows `nullable` only beside a type.
    ...(nullable === true && rest.type !== undefined ? { nullable } : {}),
    // Patterns are in Go's syntax; JavaScript has no `(?i)`.
    ...(typeof pattern === "string" && !pattern.includes("(?i)") ? { pattern } : {}),
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(typeof additionalProperties === "object" ? { additionalProperties: closed(additionalProperties) } : {}),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, closed(inner)])) }),
    ...(properties !== undefined && additionalProperties === undefined && !open ? { additionalProperties: false } : {}),
  };
}

/** Patterns are Go's, some of which JavaScript takes without its flag for Unicode alone. */
const ajv = () => new Ajv({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false });

/** Closed schema of a version; `metadata` is Kubernetes' own and stays open. */
export function schemaOf(crd: unknown, version: string): Schema {
  const found = (crd as Crd).spec.versions.find((each) => each.name === version);
  if (found === undefined) throw new Error(`the CRD has no version ${version}`);
  const schema = closed(found.schema.openAPIV3Schema);
  // Every object has these fields, even if its CRD does not list them.
  return { ...schema, properties: { apiVersion: {}, kind: {}, metadata: {}, ...schema.properties } };
}

/** Schema at a path of property names; `[]` is an item of a list. */
export function at(schema: Schema, path: string): Schema {
  return path.split(".").reduce((found: Schema, step) => {
    const next = step === "[]" ? found.items : found.properties?.[step];
    if (next === undefined) throw new Error(`no ${step} of ${path} in the schema`);
    return next;
  }, schema);
}

export const validator = (schema: Schema): ValidateFunction => ajv().compile(schema);

/** Errors of a value, a line each. */
export function problems(validate: ValidateFunction, value: unknown): string[] {
  // JSON as it is sent to the API server, without undefined fields.
  validate(JSON.parse(JSON.stringify(value)));
  return (validate.errors ?? []).map(
    (error) => `${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`,
  );
}
