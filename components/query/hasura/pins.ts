import { pinned } from "../../core/pins";

export const pins = pinned({
  // `-ce` has the community's edition alone: other tags carry the enterprise's too, which asks for a key.
  hasura: {
    version: "2.49.5",
    licence: "Apache-2.0",
    held: {
      pin: "2.49.5",
      newest: "2.51.9",
      read: "2026-11-30",
      why: "the newest whose image of the community's edition was seen in use; 2.49.2 fixed a flaw of high severity",
    },
    image: "docker.io/hasura/graphql-engine:v{version}-ce",
  },
});
