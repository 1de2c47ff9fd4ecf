import { isImage } from "../components/core/pins";
import { mirrored } from "../components/core/site";
import { settingsOf, systemName } from "../components/core/system";
import type { Use } from "../components/core/uses";
import { stackFacts, systemsOn } from "../components/facts";
import type { Settings } from "../components/settings";
import { imagesOf, tagOf } from "../planner/changes/images";
import { by } from "../planner/order";
import type { ProgramReport } from "../planner/plan";
import type { Manifest } from "./manifests";

/** What the systems run, each program once, and images of the objects that no pin has. */
export function programReports(settings: Settings, manifests: readonly Manifest[]): ProgramReport[] {
  const stack = stackFacts(settings);
  const mirrors = settings.cluster.registryMirrors;
  const found = new Map<string, { program: Omit<ProgramReport, "systems">; systems: Set<string> }>();
  const pinned = new Set<string>();
  for (const system of systemsOn(settings, stack))
    for (const use of system.uses(settingsOf(system, settings), stack)) {
      const program = programOf(use);
      const key = JSON.stringify(program);
      const known = found.get(key);
      if (known === undefined) found.set(key, { program, systems: new Set([systemName(system)]) });
      else known.systems.add(systemName(system));
      if (isImage(use.pin)) pinned.add(mirrored(use.pin.tag, mirrors));
    }
  for (const { content } of manifests)
    for (const image of imagesOf(content).values())
      if (!pinned.has(image.split("@")[0] ?? "")) {
        const { name, tag, digest } = tagOf(image);
        found.set(image, {
          program: { kind: "image", name, version: tag || digest, locked: digest !== "" },
          systems: new Set(),
        });
      }
  return [...found.values()]
    .map(({ program, systems }) => ({ ...program, systems: [...systems] }))
    .toSorted(
      by(
        ({ kind }) => KINDS.indexOf(kind),
        ({ name }) => name,
      ),
    );
}

const KINDS: readonly ProgramReport["kind"][] = ["image", "chart", "library"];

function programOf({ kind, pin }: Use): Omit<ProgramReport, "systems"> {
  const { licence } = pin;
  switch (kind) {
    case "image": {
      const { name, tag } = tagOf(pin.tag);
      return { kind, name, version: tag, licence, locked: pin.image !== pin.tag };
    }
    case "chart":
      return { kind, name: pin.chart.chart, version: pin.chart.version, licence };
    case "library":
      return { kind, name: `${pin.jar.group}:${pin.jar.artifact}`, version: pin.jar.version, licence };
  }
}
