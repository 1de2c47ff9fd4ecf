import { pinned } from "../../core/pins";

export const pins = pinned({
  openmetadata: {
    version: "1.13.1",
    // Of the server and its page. The connectors that read other systems are not open source (docs/decisions/0058-governance.md).
    licence: "Apache-2.0",
    held: {
      pin: "1.13.1",
      newest: "2.0.7",
      read: "2026-12-01",
      why: "the newest whose chart, and with it the image and its variables, was read",
    },
    image: "docker.io/openmetadata/server:{version}",
  },
});
