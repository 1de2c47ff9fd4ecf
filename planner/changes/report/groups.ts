import type { FieldChange, ObjectChange } from "../model";

/** Objects that change in the same way. */
export interface ChangeGroup extends Pick<ObjectChange, "action" | "kind" | "losesData" | "restarts"> {
  readonly resources: readonly string[];
  readonly fields: readonly FieldChange[];
}

/** Annotations with a hash of what pods read: their change restarts the pods and says nothing else. */
const HASH = /annotations\["(lakehouse\.dev\/config|checksum\/[^"]+)"\]$/;

/**
 * Objects with the same change, together and in the order of the first. Objects that are new or gone are together by kind, unless
 * their data is lost.
 */
export function changeGroups(objects: readonly ObjectChange[]): ChangeGroup[] {
  const groups = new Map<string, { first: ObjectChange; fields: readonly FieldChange[]; resources: string[] }>();
  for (const object of objects) {
    const { action, kind, losesData, restarts, resource } = object;
    const fields = shown(object.fields);
    const key = JSON.stringify(losesData ? [resource] : [action, kind, restarts, fields]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: object, fields, resources: [resource] });
    else group.resources.push(resource);
  }
  return [...groups.values()].map(({ first: { action, kind, losesData, restarts }, fields, resources }) => ({
    action,
    kind,
    losesData,
    resources,
    fields,
    ...(restarts !== undefined && { restarts }),
  }));
}

/** Fields without hashes, and with requests and limits that change alike as one. */
function shown(fields: readonly FieldChange[]): FieldChange[] {
  const told = fields.filter(({ path }) => !HASH.test(path));
  const same = (one: FieldChange, other: FieldChange) =>
    JSON.stringify([one.before, one.after]) === JSON.stringify([other.before, other.after]);
  const twin = (field: FieldChange, from: string, to: string) =>
    told.find((other) => other !== field && other.path === field.path.replace(from, to) && same(field, other));
  return told.flatMap((field) => {
    const { path } = field;
    if (path.includes("resources.requests.") && twin(field, "resources.requests.", "resources.limits.")) return [];
    if (path.includes("resources.limits.") && twin(field, "resources.limits.", "resources.requests."))
      return [{ ...field, path: path.replace("resources.limits.", "resources.") }];
    return [field];
  });
}

/** `lakehouse-query/deployment-trino`, or `3 × NetworkPolicy: a, b, c`. */
export function groupTitle({ resources, kind }: ChangeGroup, most = 3): string {
  if (resources.length === 1) return resources[0]!;
  const left = resources.length - most;
  const names = left > 0 ? `${resources.slice(0, most).join(", ")} and ${String(left)} more` : resources.join(", ");
  return `${String(resources.length)} × ${kind === "" ? "Release" : kind}: ${names}`;
}

/** `restarts 2 pods`, for each object of the group; empty if none restart. */
export function restartText({ restarts, action, resources }: ChangeGroup): string {
  if (restarts === undefined) return "";
  const each = resources.length > 1 ? " each" : "";
  if (restarts === "operator") return "its operator may restart its pods";
  const pods =
    restarts === "every node" ? "a pod on every node" : `${String(restarts)} ${restarts === 1 ? "pod" : "pods"}`;
  return `${action === "replace" ? "ends and starts" : "restarts"} ${pods}${each}`;
}
