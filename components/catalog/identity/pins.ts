import { pinned } from "../../core/pins";

export const pins = pinned({
  keycloak: { version: "26.7.3", licence: "Apache-2.0", image: "quay.io/keycloak/keycloak:{version}" },
  // Runs the program that gives Keycloak its people: upstream's image has no program that could.
  python: {
    version: "3.13.9",
    licence: "PSF-2.0",
    held: {
      pin: "3.13.9",
      newest: "3.14.0",
      read: "2026-12-01",
      why: "the series that the stack's own images are built from",
    },
    image: "docker.io/library/python:{version}-slim",
  },
});
