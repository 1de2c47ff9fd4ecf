import type { Mistake } from "../../fields/mistakes";
import type { MinioSettings } from "./settings";

/** Erasure coding needs at least four drives. */
export function* erasureCoding(objects: MinioSettings): Generator<Mistake> {
  const drives = objects.server.replicas * objects.drives;
  if (drives !== 1 && drives < 4)
    yield {
      path: "lakehouse:storage.objects.server.replicas",
      message: `given ${String(objects.server.replicas)} with ${String(objects.drives)} drive(s) each, ${String(drives)} in all; allowed: 1 drive, or at least 4 for erasure coding`,
    };
}
