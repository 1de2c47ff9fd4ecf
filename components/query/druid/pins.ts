import { pinned } from "../../core/pins";

export const pins = pinned({
  druid: {
    version: "38.0.0",
    licence: "Apache-2.0",
    held: {
      pin: "38.0.0",
      newest: "39.0.0",
      read: "2026-11-29",
      why: "39.0.0 is ten days old; what it changes of discovery and of the image has not been read",
    },
    // Upstream's image has the community's extensions too: metrics for Prometheus are one.
    image: "docker.io/apache/druid:{version}",
  },
});
