import { z } from "zod";

import type { AnySystem, SectionName } from "../core/system";
import { section } from "../fields/fields";
import { all } from "../systems";

type All = (typeof all)[number];

/** Settings of the systems of one section, by their keys. */
export type Sections<Q extends SectionName> = {
  [X in Extract<All, { readonly section: Q }> as X["key"]]: X["settings"];
};

/** Settings of one section. Where systems share a key, `kind` chooses one of them. */
export function sections<Q extends SectionName>(name: Q): Sections<Q> {
  const groups = new Map<string, AnySystem[]>();
  for (const system of all.filter((each) => each.section === name) as AnySystem[])
    groups.set(system.key, [...(groups.get(system.key) ?? []), system]);
  return Object.fromEntries([...groups].map(([key, group]) => [key, settingsOfGroup(group)])) as Sections<Q>;
}

type Variant = z.ZodObject<{ kind: z.ZodLiteral<string> }>;

function settingsOfGroup(group: readonly AnySystem[]): z.ZodType {
  const [first, ...others] = group.map(({ settings }) => settings as Variant);
  if (first === undefined) throw new Error("a group of systems has at least one");
  if (others.length === 0) return first;
  const kinds = group.map(({ kind }) => kind ?? "");
  const error = `kind: ${kinds.slice(0, -1).join(", ")} or ${kinds.at(-1) ?? ""}`;
  return z.discriminatedUnion("kind", [first, ...others], { error });
}

/** A section whose only settings are those of systems. */
export const sectionOf = <Q extends SectionName>(name: Q) => section(sections(name)).prefault({} as never);
