import { pinned } from "../../core/pins";

export const pins = pinned({
  // The newest that a registry of packages has the program of, so that the very version is proven.
  seaweedfs: { version: "4.48", licence: "Apache-2.0", image: "docker.io/chrislusf/seaweedfs:{version}" },
});
