import { system } from "../../core/system";
import { image } from "../../core/uses";
import { PORT } from "./config";
import { pins } from "./pins";
import { valkeyPods } from "./pods";
import { servers, valkey as settings } from "./settings";
import { monitoring } from "./monitoring";

const source = { service: "valkey", setting: "lakehouse:storage.valkey.enabled", instead: "false" };

export const valkey = system({
  section: "storage",
  key: "valkey",
  summary:
    "Caches, queues and sessions with the Redis protocol: Valkey, of which one server takes writes and the others replicate it.",
  settings,
  presets: {
    dev: { server: { replicas: 1, cpu: 0.1, memory: "256Mi" }, volume: "1Gi" },
    large: { server: { replicas: 3, cpu: 2, memory: "16Gi" }, volume: "64Gi" },
  },
  least: { server: 64 },
  check: servers,
  pins,
  uses: () => [image(pins.valkey, source), image(pins.redisExporter, source)],
  needs: {},
  gives: ["cache"],
  pods: ({ platform, settings: own }) => valkeyPods(platform, own),
  monitoring: () => ({ valkey: monitoring }),
  doors: ({ platform }) => [
    {
      name: "valkey",
      kind: "redis",
      namespace: platform.namespace("storage"),
      service: "valkey",
      port: PORT,
      scheme: "redis",
      signIn: "its users by password",
      pods: { role: "server" },
    },
  ],
  create: ({ platform, settings: own, grants }, opts) => {
    const { Valkey } = require("./valkey") as typeof import("./valkey");
    const server = new Valkey("valkey", { platform, settings: own, described: grants }, opts);
    return { services: [server], cache: server };
  },
});
