import { z } from "zod";

import { disabled, queueName } from "../../fields/common";
import { count, section, withDefaults } from "../../fields/fields";
import { operator } from "../../fields/operator";

export const kueue = withDefaults(
  section({
    enabled: disabled,
    ...operator("Kueue", "kueue-system", { cpu: 0.25, memory: "512Mi" }, "controllers; one of them leads"),
    queues: z
      .record(
        queueName,
        section({
          share: count(1, 1000)
            .default(1)
            .describe("share of the drivers and executors, beside the shares of the other queues; default 1"),
          passing: z
            .boolean()
            .default(false)
            .describe(
              "small jobs may start before a large one that has no room yet, which may then wait for long; default false: by priority, then by age",
            ),
        }),
        { error: "queues by name" },
      )
      .default({ batch: { share: 1, passing: false } })
      .describe("queues by name; each may use what the others leave idle, and gives it back; default batch alone"),
  }),
);

export type KueueSettings = z.output<typeof kueue>;
