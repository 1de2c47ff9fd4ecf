import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { dockerfiles } from "../components/core/dockerfiles";

/** Writes the Dockerfiles of images that have their libraries. */
for (const [path, text] of dockerfiles()) {
  const file = join(__dirname, "..", "images", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
