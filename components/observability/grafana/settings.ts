import type { z } from "zod";

import type { Opened } from "../../core/door";
import { disabled } from "../../fields/common";
import { mode, section, size, withDefaults } from "../../fields/fields";

/** The stack's own Grafana. */
export const grafana = withDefaults(
  section({
    enabled: disabled.describe("run it; default false"),
    server: size({ cpu: 0.1, memory: "512Mi" }).describe("Grafana; several need a database"),
    keeps: mode("nothing", "postgres")
      .default("nothing")
      .describe(
        "where users, sessions and dashboards made by hand are kept: nowhere, so that a restart forgets them, or in the stack's PostgreSQL; default nothing",
      ),
  }),
);

/** With the URL at which people open it, for links in it; without one that is http://localhost:3000, as by port-forward. */
export type GrafanaSettings = Opened<z.output<typeof grafana>>;
