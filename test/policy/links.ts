import type { PolicyPack } from "../../preview/policy-pack";
import type { Recorded } from "../../preview/recorder";

const SIDES = ["egress", "ingress"] as const;

/** Links with policies: a link between two unmanaged namespaces has none. */
export const openLinks = (resources: readonly Recorded[]): Recorded[] =>
  resources.filter(
    ({ type, urn }) =>
      type === "lakehouse:core:Link" &&
      resources.some(({ parent, type: its }) => parent === urn && its.endsWith(":NetworkPolicy")),
  );

/** A stack without the policies of one side of a link, or of both. */
const without = (resources: readonly Recorded[], link: Recorded, side?: string) =>
  resources.filter(({ parent, name }) => parent !== link.urn || (side !== undefined && !name.endsWith(`-${side}`)));

/** Links whose policies can be removed, on one side or both, without a mandatory violation, as `from → to side`. */
export async function unnoticed(
  pack: PolicyPack,
  resources: readonly Recorded[],
  links = openLinks(resources),
): Promise<string[]> {
  const found: string[] = [];
  for (const link of links) {
    for (const side of [undefined, ...SIDES]) {
      const rest = without(resources, link, side);
      // It has no policy on this side, or only on this side.
      if (rest.length === resources.length) continue;
      const violations = await pack.analyzeStack(rest);
      if (!violations.some(({ level }) => level === "mandatory"))
        found.push(`${String(link.inputs.from)} → ${String(link.inputs.to)} ${side ?? "both"}`);
    }
  }
  return found;
}
