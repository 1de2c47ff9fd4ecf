import Ajv, { type ValidateFunction } from "ajv";

/** The part of a structural schema that the closing looks at. */
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
 * As the API server does it with strict field validation: a field that the schema does not know is an error, except
 * below `x-kubernetes-preserve-unknown-fields`.
 */
export function closed(schema: Schema): Schema {
  const { properties, items, additionalProperties, pattern, nullable, ...rest } = schema;
  const open =
    schema["x-kubernetes-preserve-unknown-fields"] === true || schema["x-kubernetes-embedded-resource"] === true;
  return {
    ...rest,
    // JSON Schema takes `nullable` beside a type only.
    ...(nullable === true && rest.type !== undefined ? { nullable } : {}),
    // Patterns are Go's; JavaScript has no `(?i)`.
    ...(typeof pattern === "string" && !pattern.includes("(?i)") ? { pattern } : {}),
    ...(items === undefined ? {} : { items: closed(items) }),
    ...(typeof additionalProperties === "object" ? { additionalProperties: closed(additionalProperties) } : {}),
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([key, inner]) => [key, closed(inner)])) }),
    ...(properties !== undefined && additionalProperties === undefined && !open ? { additionalProperties: false } : {}),
  };
}

const ajv = () => new Ajv({ strict: false, allErrors: true, validateFormats: false });

/** The closed schema of a version; `metadata` is Kubernetes' own and stays open. */
export function schemaOf(crd: unknown, version: string): Schema {
  const found = (crd as Crd).spec.versions.find((each) => each.name === version);
  if (found === undefined) throw new Error(`the CRD has no version ${version}`);
  const schema = closed(found.schema.openAPIV3Schema);
  // What every object has, whether its definition says so or not.
  return { ...schema, properties: { apiVersion: {}, kind: {}, metadata: {}, ...schema.properties } };
}

/** The schema at a path of property names; `[]` steps into a list. */
export function at(schema: Schema, path: string): Schema {
  return path.split(".").reduce((found: Schema, step) => {
    const next = step === "[]" ? found.items : found.properties?.[step];
    if (next === undefined) throw new Error(`no ${step} of ${path} in the schema`);
    return next;
  }, schema);
}

export const validator = (schema: Schema): ValidateFunction => ajv().compile(schema);

/** What is wrong with a value, in lines; none when it is right. */
export function problems(validate: ValidateFunction, value: unknown): string[] {
  // As it is written to the API server: what is undefined is not there.
  validate(JSON.parse(JSON.stringify(value)));
  return (validate.errors ?? []).map(
    (error) => `${error.instancePath} ${error.message ?? ""} ${JSON.stringify(error.params)}`,
  );
}
