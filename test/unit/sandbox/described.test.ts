import { deepEqual, equal, ok } from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import type { Description } from "../../../sandbox/engines/description";
import { described } from "../../../sandbox/engines/described";
import type { Artefact } from "../../../sandbox/engines/obtain/artefact";

const ENGINES = join(__dirname, "..", "..", "..", "sandbox", "engines");
const artefacts = described.flatMap((engine) => Object.entries<Artefact>(engine.artefacts));

describe("descriptions of engines", () => {
  it("are collected from every engine's folder", () => {
    const engines: readonly Description[] = described;
    const folders = readdirSync(ENGINES).filter((folder) => existsSync(join(ENGINES, folder, "description.ts")));
    const load = createRequire(__filename);
    const forgotten = folders.filter((folder) => {
      const module = load(join(ENGINES, folder, "description")) as Readonly<Record<string, Description>>;
      return !Object.values(module).every((engine) => engines.includes(engine));
    });
    deepEqual(forgotten, [], "a line in sandbox/engines/described.ts for each");
    equal(folders.length, engines.length);
  });

  it("have unique names of artefacts", () => {
    const names = artefacts.map(([name]) => name);
    deepEqual(names.toSorted(), [...new Set(names)].toSorted());
  });

  it("name existing files", () => {
    const files = artefacts.flatMap(([, { from }]) =>
      from.kind === "pom" ? [from.pom] : from.kind === "python" ? [from.lock] : [],
    );
    ok(files.length > 0);
    for (const file of files) ok(existsSync(join(ENGINES, file)), file);
  });
});
