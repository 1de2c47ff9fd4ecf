import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { SCRATCH, serviceOf } from "./config";
import type { SourcesSettings } from "./settings";

/** One job for each source. Its scratch holds one batch, and a file with a sum. */
export const sourcesPods = (platform: Platform, { items, job }: SourcesSettings): PodGroup[] =>
  Object.entries(items).map(([name, { maxSize }]) =>
    platform.podGroup(
      {
        service: serviceOf(name),
        role: serviceOf(name),
        namespace: platform.namespace("sources"),
        lifetime: "job",
        scratch: { [SCRATCH]: maxSize + 64 * MiB },
      },
      { replicas: 1, ...job },
    ),
  );
