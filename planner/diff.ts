import { type Manifests, objectChanges, resourceName, type WholeChange } from "./changes/objects";
import { byName } from "./order";
import type { ObjectChange } from "./changes/model";
import type { ResourceChange, ResourceChanges } from "./plan";

export type { Manifests } from "./changes/objects";

export type ManifestChanges = Required<
  Pick<ResourceChanges, "create" | "change" | "delete" | "deletesData" | "replace">
>;

/** Changes from the last plan to this one. Without a last plan everything is created. */
export function diff(previous: Manifests | undefined, next: Manifests): ManifestChanges {
  if (previous === undefined) {
    const create = [...next.keys()].sort(byName).map(resourceName);
    return { create, change: [], delete: [], deletesData: [], replace: [] };
  }
  return counted(objectChanges(previous, next));
}

/** Changes by what they do, without values. */
export function counted(all: readonly WholeChange[]): ManifestChanges {
  const of = (action: ObjectChange["action"]) => all.map(({ change }) => change).filter((one) => one.action === action);
  const names = (changes: readonly ObjectChange[]) => changes.map(({ resource }) => resource);
  const fields = (changes: readonly ObjectChange[]): ResourceChange[] =>
    changes.map(({ resource, fields: paths, losesData }) => ({
      resource,
      fields: paths.map(({ path }) => path),
      losesData,
    }));
  return {
    create: names(of("create")),
    change: fields(of("change")),
    delete: names(of("delete")),
    deletesData: names(of("delete").filter(({ losesData }) => losesData)),
    replace: fields(of("replace")),
  };
}
