import { z } from "zod";

import { host } from "../../fields/addresses";
import { count, disk, nodePort, port, section, size } from "../../fields/fields";
import { cidr } from "../../fields/ranges";
import { legacyMd5, region } from "../objects";

/** Object storage with the MinIO API, deployed by this stack. */
export const minio = section({
  kind: z.literal("minio"),
  server: size({ replicas: 4, cpu: 1, memory: "4Gi" }),
  drives: count(1, 16)
    .default(1)
    .describe("drives of each server; default 1. Servers × drives: 1, or at least 4 for erasure coding"),
  driveSize: disk.prefault("1Ti").describe("size of one drive; default 1Ti"),
  admin: section({
    host: host.describe("host where `pulumi up` reaches the S3 and admin API"),
    port,
    tls: z.boolean().default(true).describe("use TLS; default true"),
    nodePort: nodePort.optional().describe("open this port on every node; default none"),
    from: z.array(cidr).prefault([]).describe("addresses from which `pulumi up` connects; default none"),
  }),
  encrypted: z
    .boolean()
    .default(false)
    .describe(
      "encrypt what is written from now on, with a key of the stack's own: who has the disks alone reads nothing. Without the key in Pulumi's state nobody does; default false",
    ),
  region,
  legacyMd5,
});

export type MinioSettings = z.output<typeof minio>;
