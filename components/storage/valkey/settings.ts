import { z } from "zod";

import { formatBytes } from "../../core/quantity";
import { count, disk, mode, section, size, withDefaults } from "../../fields/fields";
import type { Mistake } from "../../fields/mistakes";

/** Caches, queues and sessions with the Redis protocol. */
export const valkey = withDefaults(
  section({
    enabled: z.boolean().default(false).describe("run it; default false"),
    server: size({ replicas: 3, cpu: 0.5, memory: "2Gi" }).describe(
      "servers: one takes writes, the others replicate it; 1, or at least 3",
    ),
    writer: count(0, 98)
      .default(0)
      .describe(
        "number of the server that takes writes: change it only when that server's data is lost (docs/runbooks.md); default 0",
      ),
    volume: disk.prefault("8Gi").describe("volume of one server, at least three times its memory; default 8Gi"),
    durability: mode("every-write", "every-second")
      .default("every-write")
      .describe("when a write is on disk: before it is acknowledged, or within a second; default every-write"),
    whenFull: mode("refuse-writes", "evict-expiring")
      .default("refuse-writes")
      .describe("behaviour when memory is full: evict-expiring evicts keys that have an expiry; default refuse-writes"),
  }),
).describe("Valkey: a cache with the Redis protocol");

export type ValkeySettings = z.output<typeof valkey>;

const PATH = "lakehouse:storage.valkey";

/** Volume as a multiple of memory: the log contains the data once, grows up to twice that, and a rewrite adds another copy. */
const COPIES = 3;

/** Mistakes in numbers and sizes of servers. With two, a lost one would stop writes or leave a single copy. */
export function* servers({ server, writer, volume }: ValkeySettings): Generator<Mistake> {
  if (server.replicas === 2)
    yield {
      path: `${PATH}.server.replicas`,
      message: "given 2; allowed: 1, or at least 3, so that writes have a second copy while one server is away",
    };
  if (writer >= server.replicas)
    yield {
      path: `${PATH}.writer`,
      message: `given ${String(writer)}; allowed: a server's number, 0 to ${String(server.replicas - 1)}`,
    };
  if (volume < COPIES * server.memory)
    yield {
      path: `${PATH}.volume`,
      message: `given ${formatBytes(volume)}; allowed: at least three times the memory, ${formatBytes(COPIES * server.memory)}`,
    };
}
