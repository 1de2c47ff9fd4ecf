import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { GiB } from "../../core/quantity";
import { SCRATCH, serviceOf } from "./config";
import type { MigrationSettings } from "./settings";

/** Names of objects that differ are in files, and so are lists of large folders: their objects' names are sorted on disk. */
const SCRATCH_SIZE = 2 * GiB;

/** One job for each other store. */
export const migrationPods = (platform: Platform, { items, job }: MigrationSettings): PodGroup[] =>
  Object.keys(items).map((name) =>
    platform.podGroup(
      {
        service: serviceOf(name),
        role: serviceOf(name),
        namespace: platform.namespace("migration"),
        lifetime: "job",
        scratch: { [SCRATCH]: SCRATCH_SIZE },
      },
      { replicas: 1, ...job },
    ),
  );
