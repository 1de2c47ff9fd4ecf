import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import Ajv, { type ValidateFunction } from "ajv";
import { parse } from "yaml";

/** Definitions of custom resources as upstream publishes them: kept outside of the repository. */
const CRDS = join(__dirname, "..", "..", "..", "..", "shared", "crds", "prometheus-operator");

export const crdsFound = () => existsSync(CRDS);

/** A validator of a custom resource that refuses fields which its definition does not know: the API server drops them. */
export function crdValidator(plural: string): ValidateFunction {
  const definition = parse(readFileSync(join(CRDS, `monitoring.coreos.com_${plural}.yaml`), "utf8")) as Definition;
  const version = definition.spec.versions.find(({ name }) => name === "v1");
  if (version === undefined) throw new Error(`${plural} has no version v1`);
  return new Ajv({ strict: false, validateFormats: false }).compile(closed(version.schema.openAPIV3Schema));
}

interface Definition {
  readonly spec: {
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

interface Schema {
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  [key: string]: unknown;
}

function closed(schema: Schema, path = ""): Schema {
  const { properties, additionalProperties, items, ...rest } = schema;
  // Patterns are Go's; JavaScript has no `(?i)`.
  if (typeof rest.pattern === "string" && rest.pattern.includes("(?i)")) delete rest.pattern;
  // `metadata` is an open object in every definition: the API server knows its fields.
  const open = path === "/metadata" || rest["x-kubernetes-preserve-unknown-fields"] === true;
  return {
    ...rest,
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([key, value]) => [key, closed(value, `${path}/${key}`)]),
          ),
          ...(open ? {} : { additionalProperties: false }),
        }),
    ...(typeof additionalProperties === "object"
      ? { additionalProperties: closed(additionalProperties, `${path}/*`) }
      : {}),
    ...(items === undefined ? {} : { items: closed(items, `${path}[]`) }),
  };
}
