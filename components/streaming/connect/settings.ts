import { z } from "zod";

import { disabled, image } from "../../fields/common";
import { section, size, withDefaults } from "../../fields/fields";

const DATABASE = "a database name: lower-case letters, digits and '_', beginning with a letter, at most 40";
const TABLE = "the name of a table: lower-case letters, digits and '_'";

export const connect = withDefaults(
  section({
    enabled: disabled,
    worker: size({ replicas: 2, cpu: 0.5, memory: "2Gi" }).describe("Kafka Connect workers"),
    image: image.describe(
      "your own Kafka Connect image with Debezium's plugin; default: Debezium's image as a volume, for which Kubernetes must be 1.35 or newer",
    ),
    sources: z
      .array(
        section({
          database: z
            .string({ error: DATABASE })
            .regex(/^[a-z][a-z0-9_]{0,39}$/, { error: DATABASE })
            .describe(
              "database of the stack's PostgreSQL whose changes become records; its tables need primary keys, or they refuse updates",
            ),
          tables: z
            .array(z.string({ error: TABLE }).regex(/^[a-z_][a-z0-9_]*$/, { error: TABLE }))
            .min(1)
            .optional()
            .describe("tables of its schema public to follow; default: all, later ones included"),
        }),
        { error: "a list of sources: { database }" },
      )
      .default([])
      .describe("databases to follow; one that no service of the stack owns is created; default none"),
  }),
);

export type ConnectSettings = z.output<typeof connect>;
