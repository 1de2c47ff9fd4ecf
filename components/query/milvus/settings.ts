import { z } from "zod";

import { host } from "../../fields/addresses";
import { disabled } from "../../fields/common";
import { schedule } from "../../fields/cron";
import { disk, mode, port, section, size, withDefaults } from "../../fields/fields";
import { cidr } from "../../fields/ranges";

const WORD = "letters, digits, '-' and '_'";
const word = z.string({ error: WORD }).regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, { error: WORD });

/** Vectors that are found by their distance. */
export const milvus = withDefaults(
  section({
    enabled: disabled,
    mode: mode("standalone", "cluster")
      .default("standalone")
      .describe("everything in one process, or each part in pods of its own; default standalone"),
    standalone: size({ cpu: 2, memory: "8Gi" }).describe("mode standalone: the one process, a single pod"),
    proxy: size({ cpu: 0.5, memory: "1Gi" }).describe("mode cluster: the way in for clients"),
    mixCoord: size({ cpu: 0.5, memory: "2Gi" }).describe(
      "mode cluster: decides what is where; of several, one acts and the others stand by",
    ),
    dataNode: size({ cpu: 1, memory: "4Gi" }).describe("mode cluster: builds indexes and compacts segments"),
    queryNode: size({ cpu: 2, memory: "8Gi" }).describe(
      "mode cluster: searches collections that are loaded into its memory",
    ),
    streamingNode: size({ cpu: 1, memory: "4Gi" }).describe(
      "mode cluster: writes the log of changes and searches what is newer than the segments",
    ),
    cache: disk
      .prefault("20Gi")
      .describe(
        "volume of one query node, or of the standalone pod, for segments and indexes of loaded collections; default 20Gi",
      ),
    scratch: disk.prefault("4Gi").describe("disk of any other pod for what it builds; default 4Gi"),
    etcd: size({ cpu: 0.1, memory: "512Mi" }).describe(
      "etcd, which has the metadata: 1, 3 or 5 pods, chosen before the first start",
    ),
    etcdVolume: disk.prefault("8Gi").describe("volume of one pod of etcd; default 8Gi"),
    pulsar: section({
      host: host.describe("its proxy or broker"),
      port: port.default(6650).describe("default 6650"),
      cidrs: z.array(cidr).min(1).describe("its addresses, which network policies allow"),
      tenant: word.default("public").describe("default public"),
      namespace: word.default("default").describe("default default"),
    })
      .optional()
      .describe(
        "mode cluster: a Pulsar outside of the stack, without a sign-in, for the log of changes; chosen before the first start; default: the object store has it",
      ),
    backup: section({
      method: mode("s3", "off")
        .default("s3")
        .describe("copies of all collections, users and rights in the backups bucket; default s3"),
      schedule: schedule.default("45 3 * * *").describe("every copy is a whole one; default '45 3 * * *' (UTC)"),
    }).prefault({}),
  }),
).describe("Milvus: a vector database");

export type MilvusSettings = z.output<typeof milvus>;
