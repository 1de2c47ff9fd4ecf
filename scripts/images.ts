import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { dockerfiles } from "../components/core/dockerfiles";
import { allPins } from "../components/pins";

/** Writes the Dockerfiles of images with built-in libraries. */
for (const [path, text] of dockerfiles(allPins)) {
  const file = join(__dirname, "..", "images", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
