import { pinned } from "../../core/pins";

export const pins = pinned({
  nifi: { version: "2.11.0", licence: "Apache-2.0", image: "docker.io/apache/nifi:{version}" },
});
