import { pinned } from "../../core/pins";

const REPOSITORY = "docker.io/trinodb/trino";

export const pins = pinned({
  // Upstream's newest. It fixes wrong results of each version before: joins on char, MERGE, casts of decimals (484), outer joins (483).
  trino: { version: "484", licence: "Apache-2.0", image: `${REPOSITORY}:{version}` },
});

/** Upstream's image of a version: each stack may change its version at another time. */
export const trinoImage = (version: string): string =>
  version === pins.trino.version ? pins.trino.image : `${REPOSITORY}:${version}`;
