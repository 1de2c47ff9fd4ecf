import type { z } from "zod";

import { count, disk, mode, section, size, withDefaults } from "../../fields/fields";

/** Logs of every pod of the stack. */
export const logs = withDefaults(
  section({
    store: mode("loki", "existing", "off")
      .default("off")
      .describe(
        "where logs are kept: in the stack's Loki, which an agent on each node feeds, or by the cluster's own agents, of which the stack needs nothing; default off",
      ),
    server: size({ cpu: 0.25, memory: "1Gi" }).describe(
      "Loki; one, or at least 3, which keep each line three times until it is in the object store",
    ),
    volume: disk
      .prefault("10Gi")
      .describe("volume of each Loki, for what is not in the object store yet; default 10Gi"),
    retentionDays: count(1, 3650).default(14).describe("days that logs are kept; default 14"),
  }),
);

export type LogsSettings = z.output<typeof logs>;
