import { createHash } from "node:crypto";

import type { Alias } from "@pulumi/pulumi/proto/alias_pb";

import type { Recorded } from "../../../preview/recorder";

/** Properties of a resource that decide whether an `up` keeps, changes, replaces or loses it. Empty fields are left out. */
export interface Identity {
  readonly aliases?: readonly string[];
  /** Types and names of its dependencies. */
  readonly after?: readonly string[];
  readonly options?: readonly string[];
  /** First 12 hex digits of the inputs' SHA-256; absent for components, whose inputs no server sees. */
  readonly manifest?: string;
}

export type Identities = Readonly<Record<string, Identity>>;

/** Identities of all resources by URN, in its order. */
export function identities(resources: readonly Recorded[]): Identities {
  const all = resources.map((resource) => [short(resource.urn), identityOf(resource)] as const);
  return Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function identityOf({ request, inputs, custom, parent }: Recorded): Identity {
  const flags = {
    "protected": request.getProtect() === true,
    "retained": request.getRetainondelete() === true,
    "deleted before it is replaced": request.getDeletebeforereplace(),
  };
  const lists = { "ignores": request.getIgnorechangesList(), "is replaced by": request.getReplaceonchangesList() };
  return {
    ...some("aliases", [
      ...request.getAliasurnsList().map(short),
      ...request.getAliasesList().flatMap((alias) => aliasText(alias, parent)),
    ]),
    ...some("after", request.getDependenciesList().map(near).toSorted()),
    ...some("options", [
      ...Object.entries(flags).flatMap(([name, is]) => (is ? [name] : [])),
      ...Object.entries(lists).flatMap(([name, of]) => (of.length === 0 ? [] : [`${name} ${of.join(", ")}`])),
    ]),
    ...(custom
      ? {
          manifest: createHash("sha256")
            .update(canonical(ofEveryMachine(inputs)))
            .digest("hex")
            .slice(0, 12),
        }
      : {}),
  };
}

/** Inputs without the chart's source, because a machine may have a mirror. */
const ofEveryMachine = ({ chart: _, repositoryOpts: __, ...rest }: Recorded["inputs"]) => rest;

const some = (key: string, list: readonly string[]) => (list.length === 0 ? {} : { [key]: list });

/** `urn:pulumi:dev::lakehouse::type::name` → `type::name`. */
const short = (urn: string) => urn.split("::").slice(2).join("::");

/** Type and name without the types of parents. */
const near = (urn: string) => short(urn).split("$").at(-1) ?? "";

/** Text of an alias; none if only the type differs, because the SDK adds such aliases for earlier versions of an API. */
function aliasText(alias: Alias, parent: string): string[] {
  if (alias.hasUrn()) return [short(alias.getUrn())];
  const { name = "", type = "", parenturn = "", noparent = false } = alias.getSpec()?.toObject() ?? {};
  if (name === "" && !noparent && parenturn === parent) return [];
  const from = noparent ? "without a parent" : parenturn === "" ? "" : `in ${short(parenturn)}`;
  return [[type, name, from].filter((part) => part !== "").join(" ")];
}

/** JSON that does not depend on the order of keys. */
function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const keys = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${keys.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(",")}}`;
}

/** One line for each difference: new and removed resources, and changed fields of the others. */
export function differences(before: Identities, now: Identities): string[] {
  const urns = [...new Set([...Object.keys(before), ...Object.keys(now)])].toSorted();
  return urns.flatMap((urn) => {
    const [old, fresh] = [before[urn], now[urn]];
    if (old === undefined) return [`+ ${urn}`];
    if (fresh === undefined) return [`- ${urn}`];
    return (["aliases", "after", "options"] as const)
      .flatMap((field) => listed(field, old[field] ?? [], fresh[field] ?? []))
      .concat(old.manifest === fresh.manifest ? [] : [`manifest ${String(old.manifest)} → ${String(fresh.manifest)}`])
      .map((what) => `~ ${urn}: ${what}`);
  });
}

function listed(field: string, old: readonly string[], fresh: readonly string[]): string[] {
  const gone = old.filter((one) => !fresh.includes(one)).map((one) => `${field} no longer ${one}`);
  return [...gone, ...fresh.filter((one) => !old.includes(one)).map((one) => `${field} now ${one}`)];
}
