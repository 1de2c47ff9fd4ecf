import { pinned } from "../../core/pins";

export const pins = pinned({
  // From 0.108.2 on keys of who only reads reach the table's files.
  nessie: { version: "0.108.4", licence: "Apache-2.0", image: "ghcr.io/projectnessie/nessie:{version}" },
});
