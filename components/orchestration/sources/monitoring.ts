import type { Monitoring } from "../../core/monitoring";
import { scheduledJobMonitoring } from "../../core/scheduled-jobs";

/** A run that has put files into quarantine ends with a code of its own. */
export const sourceMonitoring = (service: string, namespace: string, freshHours: number): Monitoring => ({
  scrapes: [],
  ...scheduledJobMonitoring({
    service,
    namespace,
    container: "source",
    freshHours,
    words: {
      stale: [
        "SourceStale",
        `No run of a source has succeeded for ${String(freshHours)} hours: nothing new of it is in the lake.`,
      ],
      failing: ["SourceFailing", "A run of a source has failed after all its tries: what is new there has not landed."],
      final: [
        "SourceQuarantined",
        "Within a day a source has given files that are not what was declared: they are in quarantine.",
      ],
    },
  }),
});
