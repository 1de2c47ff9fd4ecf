import type { z } from "zod";

import { count, disk, mode, section, size, withDefaults } from "../../fields/fields";

/** Logs of every pod of the stack. */
export const logs = withDefaults(
  section({
    store: mode("loki", "opensearch", "elasticsearch", "existing", "off")
      .default("off")
      .describe(
        "where logs are kept: in the stack's Loki, in its OpenSearch or Elasticsearch (storage.opensearch, storage.elasticsearch), each fed by an agent on each node, or by the cluster's own agents, of which the stack needs nothing; default off",
      ),
    server: size({ cpu: 0.25, memory: "1Gi" }).describe(
      "Loki; one, or at least 3, which keep each line three times until it is in the object store",
    ),
    volume: disk
      .prefault("10Gi")
      .describe("volume of each Loki, for what is not in the object store yet; default 10Gi"),
    retentionDays: count(1, 3650)
      .default(14)
      .describe(
        "days that Loki keeps logs; a search store keeps them for the keepDays of its indices named logs; default 14",
      ),
  }),
);

export type LogsSettings = z.output<typeof logs>;
