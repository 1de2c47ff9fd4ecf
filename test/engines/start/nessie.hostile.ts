import { TABLE, tables } from "./nessie.stack";

/** Requests by which a writer of one namespace would get keys to another's place. Pure. */

export const ONE = `${tables("sales")}/one`;
export const commit = (updates: readonly object[]) => ({ requirements: [], updates });
export const setting = (property: string, place: string) =>
  commit([{ action: "set-properties", updates: { [property]: place } }]);

type Request = readonly [what: string, path: string, body: object | string];

/**
 * @param place location of a table that is not the writer's
 * @param metadata location of its metadata file
 */
export function widening(place: string, metadata: string): readonly Request[] {
  const dataPath = setting("write.data.path", place);
  const spelled = JSON.stringify(dataPath).replace("write.data", String.raw`\u0077rite.data`);
  const table = { "name": "r", "metadata-location": metadata };
  const made = { ...TABLE, name: "esc", properties: { "write.data.path": place } };
  const changes = { "table-changes": [{ identifier: { namespace: ["sales"], name: "one" }, ...dataPath }] };
  return [
    ["register by another spelling of the path", "main/namespaces/sales/register;a=b/", table],
    ["register", "main/namespaces/sales/register", table],
    ...["data", "metadata", "object-storage", "folder-storage"].map((kind): Request => [
      kind,
      ONE,
      setting(`write.${kind}.path`, place),
    ]),
    ["made", tables("sales"), made],
    ["spelled", ONE, spelled],
    ["padded", ONE, `${" ".repeat(1_900_000)}${JSON.stringify(dataPath)}`],
    ["transaction", "main/transactions/commit", changes],
  ];
}
