import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { billOfMaterials, lockedPackages } from "../../../cli/sbom";
import { PROJECT_FOLDER } from "../../../inputs/project";

const read = (...path: string[]) => readFileSync(join(PROJECT_FOLDER, ...path), "utf8");

describe("the bill of materials of own images", () => {
  const bom = billOfMaterials();
  const refs = new Set(bom.components.map((each) => each["bom-ref"]));
  const partsOf = (image: string) => bom.dependencies.find(({ ref }) => ref === `image:${image}`)?.dependsOn ?? [];

  it("has every image that a Dockerfile of the project makes", () => {
    const folders = ["images", "services"].flatMap((room) =>
      readdirSync(join(PROJECT_FOLDER, room), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name),
    );
    const own = bom.dependencies.find(({ ref }) => ref === "lakehouse")?.dependsOn ?? [];
    deepEqual(own.toSorted(), [...folders, "cleaning"].map((name) => `image:${name}`).toSorted());
  });

  it("has each library of an image with the sum of its Dockerfile, and each package with those of its lock file", () => {
    for (const [, sum = "", file = ""] of read("images", "spark", "Dockerfile").matchAll(
      /--checksum=sha256:(\S+) .*\/([^/\s]+)\.jar$/gm,
    )) {
      const found = bom.components.find(({ hashes }) => hashes?.some(({ content }) => content === sum));
      ok(found !== undefined, file);
      equal(`${found.name}-${found.version ?? ""}`, file);
      ok(partsOf("spark").includes(found["bom-ref"]), file);
    }
    const packages = [...read("services", "query-api", "requirements.lock").matchAll(/^([^\s#=[]+)[^=]*==/gm)];
    ok(packages.length > 20);
    // And the base.
    equal(partsOf("query-api").length, packages.length + 1);
    match(partsOf("query-api").join(), /pkg:docker\/library\/python@3\.13-slim\?repository_url=docker\.io/);
  });

  it("names each part once, refers to nothing else, and is the same each time", () => {
    equal(refs.size, bom.components.length);
    for (const { dependsOn } of bom.dependencies) for (const ref of dependsOn) ok(refs.has(ref), ref);
    equal(JSON.stringify(billOfMaterials()), JSON.stringify(bom));
  });

  it("takes no package without a sum", () => {
    const sum = "a".repeat(64);
    deepEqual(lockedPackages(`# by pip\nSome_Thing[x]==1.0 \\\n    --hash=sha256:${sum}\n    # via y\n`), [
      { name: "some-thing", version: "1.0", hashes: [sum] },
    ]);
    throws(() => lockedPackages("thing==1.0\n"), /no pinned package with its sum: thing==1.0/);
  });
});

describe("actions of the workflows", () => {
  it("are pinned by commit, each with the version that it is", () => {
    const lines = readdirSync(join(PROJECT_FOLDER, ".github", "workflows"))
      .flatMap((file) => read(".github", "workflows", file).split("\n"))
      .filter((line) => /\buses:/.test(line));
    ok(lines.length > 5);
    for (const line of lines) match(line, /uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
});
