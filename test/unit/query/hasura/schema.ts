import Ajv, { type ValidateFunction } from "ajv";

/**
 * What Hasura's metadata API takes of what the stack renders, closed: names, types and which fields must be there are those of
 * upstream's `metadata.openapi.json` (schemas PostgresSourceMetadata, PostgresTableMetadata, Postgres…PermDef, SourceCustomization),
 * which itself is open to unknown fields. The rules of rows are judged by filter.ts.
 */

type Schema = Readonly<Record<string, unknown>>;

const text = { type: "string" };
const whole = { type: "integer", minimum: 0 };
const truth = { type: "boolean" };
const rule = { type: "object" };
const list = (items: Schema) => ({ type: "array", items });
/** A field whose name ends in `?` may be missing. */
const object = (fields: Readonly<Record<string, Schema>>) => ({
  type: "object",
  additionalProperties: false,
  required: Object.keys(fields).filter((name) => !name.endsWith("?")),
  properties: Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name.replace("?", ""), schema])),
});

const table = object({ "schema?": text, "name": text });
const columns = { oneOf: [{ enum: ["*"] }, list(text)] };
const permission = (fields: Readonly<Record<string, Schema>>) =>
  list(object({ "role": text, "permission": object(fields), "comment?": text }));
const mapping = { type: "object", additionalProperties: text };
const relationship = list(
  object({
    name: text,
    using: object({ manual_configuration: object({ remote_table: table, column_mapping: mapping }) }),
  }),
);

const source = object({
  "name": text,
  "kind": { enum: ["postgres"] },
  "customization?": object({
    "root_fields?": object({ "namespace?": text, "prefix?": text, "suffix?": text }),
    "type_names?": object({ "prefix?": text, "suffix?": text }),
  }),
  "configuration": object({
    connection_info: object({
      "database_url": object({ from_env: text }),
      "isolation_level?": { enum: ["read-committed", "repeatable-read", "serializable"] },
      "use_prepared_statements?": truth,
      "pool_settings?": object({
        "max_connections?": whole,
        "idle_timeout?": whole,
        "retries?": whole,
        "pool_timeout?": whole,
        "connection_lifetime?": whole,
      }),
    }),
  }),
  "tables": list(
    object({
      table,
      "object_relationships?": relationship,
      "array_relationships?": relationship,
      "insert_permissions?": permission({ "check": rule, "columns?": columns, "set?": rule, "backend_only?": truth }),
      "select_permissions?": permission({ columns, "filter": rule, "limit?": whole, "allow_aggregations?": truth }),
      "update_permissions?": permission({
        columns,
        "filter": rule,
        "check?": rule,
        "set?": rule,
        "backend_only?": truth,
      }),
      "delete_permissions?": permission({ "filter": rule, "backend_only?": truth }),
    }),
  ),
});

/** The request `replace_metadata` in its version 2. */
const request = object({
  type: { enum: ["replace_metadata"] },
  version: { enum: [2] },
  args: object({
    "allow_inconsistent_metadata?": truth,
    "allow_warnings?": truth,
    "metadata": object({
      "version": { enum: [3] },
      "sources": list(source),
      "query_collections?": list(
        object({ name: text, definition: object({ queries: list(object({ name: text, query: text })) }) }),
      ),
      "allowlist?": list(object({ "collection": text, "scope?": object({ global: { enum: [true] } }) })),
    }),
  }),
});

export const validRequest = (): ValidateFunction => new Ajv({ allErrors: true, strict: false }).compile(request);
