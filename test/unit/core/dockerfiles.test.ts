import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { type Add, DockerfileParser } from "dockerfile-ast";

import { dockerfiles, IMAGE_FOLDERS } from "../../../components/core/dockerfiles";
import { type IncompleteImage, JAR_DIRECTORY, jarFile, jarUrl, MISSING_JARS } from "../../../components/core/jars";
import { images, jars, MAVEN_CENTRAL } from "../../../components/core/versions";

const ROOT = join(__dirname, "..", "..", "..", "images");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

describe("images with their libraries", () => {
  it("are built from files that are made from the pins", () => {
    for (const [path, text] of dockerfiles()) assert.equal(read(path), text, `${path}: run npm run images`);
    const folders = readdirSync(ROOT, { withFileTypes: true }).filter((each) => each.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).sort(), Object.values(IMAGE_FOLDERS).sort());
  });

  for (const [image, folder] of Object.entries(IMAGE_FOLDERS) as [IncompleteImage, string][]) {
    it(`are upstream's ${folder} and each missing library, by its sum, where pods look for it`, () => {
      const file = DockerfileParser.parse(read(`${folder}/Dockerfile`));
      assert.deepEqual(
        file.getFROMs().map((from) => from.getImage()),
        [images[image]],
      );
      assert.equal(file.getInitialARGs()[0]?.getProperty()?.getValue(), MAVEN_CENTRAL);
      const others = file.getInstructions().map((each) => each.getKeyword());
      assert.deepEqual([...new Set(others)], ["ARG", "FROM", "ADD"], "nothing runs in a build");
      const added = file
        .getInstructions()
        .filter((each): each is Add => each.getKeyword() === "ADD")
        .map((add) => {
          const [from, to] = add.getArguments().map((each) => each.getValue());
          const flag = (name: string) =>
            add
              .getFlags()
              .find((each) => each.getName() === name)
              ?.getValue();
          return { from, to, checksum: flag("checksum"), chmod: flag("chmod") };
        });
      assert.deepEqual(
        added,
        MISSING_JARS[image].map((name) => ({
          from: jarUrl("${REPOSITORY}", jars[name]),
          to: `${JAR_DIRECTORY}/${jarFile(jars[name])}`,
          checksum: `sha256:${jars[name].sha256}`,
          chmod: "0444",
        })),
      );
    });
  }
});
