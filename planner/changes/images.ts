import { isObject } from "../compare";
import { byName } from "../order";
import type { ImageChange } from "./model";
import type { WholeChange } from "./objects";

/** Images of an object by their place in it: fields `image`, `imageName` and `…Image` with a text. */
export function imagesOf(manifest: unknown, at = "", found = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(manifest)) {
    for (const [index, item] of manifest.entries()) {
      const name = isObject(item) && typeof item.name === "string" ? item.name : String(index);
      imagesOf(item, `${at}[${name}]`, found);
    }
  } else if (isObject(manifest)) {
    for (const [key, value] of Object.entries(manifest))
      if (typeof value === "string" && /(^image|Image|^imageName)$/.test(key) && /[/:]/.test(value))
        found.set(`${at}.${key}`, value);
      else imagesOf(value, `${at}.${key}`, found);
  }
  return found;
}

/** The parts of `quay.io/x/y:1.2@sha256:…`. */
export function tagOf(image: string): { readonly name: string; readonly tag: string; readonly digest: string } {
  const [named = "", digest = ""] = image.split("@");
  const colon = named.lastIndexOf(":");
  const isTag = colon > named.lastIndexOf("/");
  return { name: isTag ? named.slice(0, colon) : named, tag: isTag ? named.slice(colon + 1) : "", digest };
}

/** Whether a version has a smaller number than another of the same form. */
export function older(version: string, than: string): boolean {
  const numbers = (of: string) => (of.match(/\d+/g) ?? []).map(Number);
  const [one, other] = [numbers(version), numbers(than)];
  for (let index = 0; index < Math.min(one.length, other.length); index++)
    if (one[index] !== other[index]) return one[index]! < other[index]!;
  return false;
}

/** Versions of images that changed, by image. */
export function imageChanges(changes: readonly WholeChange[]): ImageChange[] {
  const found = new Map<string, { before: Set<string>; after: Set<string>; objects: number }>();
  for (const { change, before, after } of changes) {
    if (change.action !== "change" && change.action !== "replace") continue;
    const was = imagesOf(before);
    for (const [place, image] of imagesOf(after)) {
      const earlier = was.get(place);
      if (earlier === undefined || earlier === image) continue;
      const { name, tag, digest } = tagOf(image);
      const entry = found.get(name) ?? { before: new Set(), after: new Set(), objects: 0 };
      const old = tagOf(earlier);
      entry.before.add(old.name === name ? old.tag || old.digest : earlier);
      entry.after.add(tag || digest);
      entry.objects++;
      found.set(name, entry);
    }
  }
  return [...found]
    .map(([image, { before, after, objects }]) => ({
      image,
      before: [...before].sort(byName),
      after: [...after].sort(byName),
      objects,
    }))
    .toSorted((one, other) => byName(one.image, other.image));
}
