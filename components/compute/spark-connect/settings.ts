import type { z } from "zod";

import { disabled, image, jars } from "../../fields/common";
import { count, mode, section, size, withDefaults } from "../../fields/fields";
import type { Mistake } from "../../fields/mistakes";

export const sparkConnect = withDefaults(
  section({
    enabled: disabled,
    server: size({ cpu: 1, memory: "4Gi" }).describe("the server, which plans every session's queries: one pod"),
    executor: size({ replicas: 2, cpu: 1, memory: "4Gi" }).describe(
      "executors of all sessions: the most at once, and the size of one",
    ),
    access: mode("read", "scratch", "write")
      .default("scratch")
      .describe(
        "what sessions may do with files of tables: `read` reads silver and gold, `scratch` also writes tables of the namespace scratch, `write` writes what Spark's jobs write; default scratch",
      ),
    idleSeconds: count(10, 86_400)
      .default(60)
      .describe("seconds without work after which an executor is given back; default 60"),
    sessionMinutes: count(1, 10_080)
      .default(60)
      .describe("minutes without a request after which a session ends; default 60"),
    jars,
    image,
  }),
).describe("sessions of Spark for notebooks and programs: Spark Connect");

export type SparkConnectSettings = z.output<typeof sparkConnect>;

export function* single({ server }: SparkConnectSettings): Generator<Mistake> {
  if (server.replicas > 1)
    yield {
      path: "lakehouse:compute.sparkConnect.server.replicas",
      message: `given ${String(server.replicas)}; allowed: 1, because a session lives in one server`,
    };
}
