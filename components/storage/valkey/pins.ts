import { pinned } from "../../core/pins";

export const pins = pinned({
  valkey: { version: "9.1.4", licence: "BSD-3-Clause", image: "docker.io/valkey/valkey:{version}-alpine" },
  // Valkey's metrics under the names that dashboards for Redis know.
  redisExporter: { version: "1.91.1", licence: "MIT", image: "docker.io/oliver006/redis_exporter:v{version}" },
});
