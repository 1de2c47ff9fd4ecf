import { pinned } from "../../core/pins";

const REPOSITORY = "docker.io/prestodb/presto";

export const pins = pinned({
  // The first one that asks metastores from 4.0.1 on as they want to be asked (components/query/presto/versions.ts).
  presto: { version: "0.299", licence: "Apache-2.0", image: `${REPOSITORY}:{version}` },
});

/** Upstream's image of a version: each stack may change its version at another time. */
export const prestoImage = (version: string): string =>
  version === pins.presto.version ? pins.presto.image : `${REPOSITORY}:${version}`;
