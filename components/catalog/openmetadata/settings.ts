import { z } from "zod";

import { disabled } from "../../fields/common";
import { count, section, size, withDefaults } from "../../fields/fields";

const DOMAIN = "a domain such as example.org";

/** A catalogue of data, with lineage. */
export const openmetadata = withDefaults(
  section({
    enabled: disabled,
    server: size({ replicas: 2, cpu: 0.5, memory: "3Gi" }).describe("each serves the page, programs and events"),
    connections: count(10, 100).default(50).describe("that all pods have to PostgreSQL at the most; default 50"),
    domain: z
      .string({ error: DOMAIN })
      .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/, { error: DOMAIN })
      .default("lakehouse.internal")
      .describe("of the addresses by which the stack's own users sign in; default lakehouse.internal"),
  }),
).describe("data catalogue and lineage: OpenMetadata");

export type OpenmetadataSettings = z.output<typeof openmetadata>;
