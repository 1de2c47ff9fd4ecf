import { z } from "zod";

import { schedule } from "../../fields/cron";
import { count, disk, section, size } from "../../fields/fields";
import { legacyMd5, region } from "../objects";

/** Object storage by SeaweedFS, deployed by this stack. */
export const seaweedfs = section({
  kind: z.literal("seaweedfs"),
  master: size({ replicas: 3, cpu: 0.1, memory: "256Mi" }).describe(
    "masters, which know where each piece of an object is: 1, or an odd number of which most have to be there",
  ),
  server: size({ replicas: 4, cpu: 1, memory: "4Gi" }).describe("servers, which keep the contents of objects"),
  drives: count(1, 16).default(1).describe("drives of each server; default 1"),
  driveSize: disk.prefault("1Ti").describe("size of one drive; default 1Ti"),
  copies: count(1, 3)
    .default(2)
    .describe("servers that have a copy of each object before a write is acknowledged; default 2"),
  filer: size({ cpu: 0.5, memory: "2Gi" }).describe(
    "the one filer, which keeps names and metadata of objects: while it restarts, requests wait or fail",
  ),
  filerVolume: disk
    .prefault("50Gi")
    .describe(
      "volume of the filer, about 1 kB for each object; without it the objects are lost, so its storage class has to keep copies; default 50Gi",
    ),
  gateway: size({ replicas: 2, cpu: 1, memory: "2Gi" }).describe("gateways, which speak S3 with clients"),
  maintenance: schedule
    .default("20 * * * *")
    .describe(
      "when lost copies are made again, servers are balanced and lifecycles are applied; default '20 * * * *' (UTC)",
    ),
  region,
  legacyMd5,
});

export type SeaweedfsSettings = z.output<typeof seaweedfs>;
