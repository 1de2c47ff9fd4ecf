import type { Monitoring } from "../../core/monitoring";
import { scheduledJobMonitoring } from "../../core/scheduled-jobs";

/** A run that has found differences ends with a code of its own. */
export const migrationMonitoring = (service: string, namespace: string, freshHours: number): Monitoring => ({
  scrapes: [],
  ...scheduledJobMonitoring({
    service,
    namespace,
    container: "rclone",
    freshHours,
    words: {
      stale: [
        "MigrationStale",
        `No run of a migration has found both stores alike for ${String(freshHours)} hours: the copy is behind.`,
      ],
      failing: ["MigrationFailing", "A run of a migration has failed after all its tries: objects are not copied."],
      final: [
        "MigrationDiffers",
        "Within a day a migration has copied everything and found objects that still differ from those of the other store.",
      ],
    },
  }),
});
