import { pinned } from "../../core/pins";

export const pins = pinned({
  rclone: { version: "1.76.0", licence: "MIT", image: "docker.io/rclone/rclone:{version}" },
});
