import { every, first, type Path } from "../core/path";
import type { Resource } from "../core/resource";
import type { Place, Port, Text } from "../operators/types";
import type { Workload } from "./types";

export function placeOf(resource: Resource): Place {
  return { resource, root: resource.root, block: resource.root.at("spec") };
}

export function list(paths: Path | readonly Path[]): readonly Path[] {
  return typeof paths === "string" ? [paths] : paths;
}

const BRACES = /\{([^{}]+)\}/g;

/** A text with the values of its paths filled in; null if one of them is absent or unknown. */
export function fill(text: Text, place: Place): string | null {
  const values = new Map([...text.matchAll(BRACES)].map(([, path = ""]) => [path, valueOf(path, place)]));
  if ([...values.values()].includes(undefined)) return null;
  return text.replaceAll(BRACES, (_, path: string) => values.get(path) ?? "");
}

function valueOf(path: Path, place: Place): string | undefined {
  if (path === "key") return place.block.leaf;
  if (path !== "name") return first(place, path).text;
  return place.root.get("metadata.name").unknown ? undefined : place.resource.name;
}

/** Labels with their values filled in; null for an unknown value. */
export function fillAll(labels: Readonly<Record<string, Text | null>>, place: Place): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(labels).map(([key, text]) => [key, text === null ? null : fill(text, place)]),
  );
}

/** Numbers of a port; empty if the port is random or closed. */
export function numbersOf({ at, port = 0, when }: Port, place: Place): number[] {
  if (when !== undefined && first(place, when).absent) return [];
  const given = at === undefined ? [] : every(place, at).flatMap(({ number }) => number ?? []);
  return (given.length === 0 ? [port] : given).filter((number) => number !== 0);
}

/** Whether pods have all of these labels. */
export function hasLabels({ labels }: Workload, wanted: Readonly<Record<string, string | null>>): boolean {
  return Object.entries(wanted).every(([key, value]) => value !== null && labels?.[key] === value);
}
