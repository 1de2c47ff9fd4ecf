import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { PROJECT_FOLDER } from "../../inputs/project";
import { matrix } from "../engines/tables/access-matrix";

const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs", "images", "pipelines", "policies"]
  .map((path) => join(PROJECT_FOLDER, path))
  .flatMap((path) =>
    statSync(path).isFile()
      ? [path]
      : readdirSync(path, { recursive: true, encoding: "utf8" })
          .filter((file) => file.endsWith(".md") && !file.includes("node_modules"))
          .map((file) => join(path, file)),
  );

/** Anchors of a page, which GitHub derives from headings. */
const anchors = (page: string): string[] =>
  [
    ...readFileSync(page, "utf8")
      .replaceAll(/^```.*?^```/gms, "")
      .matchAll(/^#+ (.*)$/gm),
  ].map(([, heading = ""]) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

describe("links of the pages", () => {
  for (const page of pages) {
    it(relative(PROJECT_FOLDER, page), () => {
      const text = readFileSync(page, "utf8").replaceAll(/^```.*?^```|`[^`\n]*`/gms, "");
      const links = [...text.matchAll(/\]\((?!\w+:)([^)\s#]*)(?:#([^)\s]*))?\)/g)];
      const broken = links.filter(([, path = "", anchor]) => {
        const target = path === "" ? page : join(dirname(page), path);
        return !existsSync(target) || (anchor !== undefined && !anchors(target).includes(anchor));
      });
      assert.deepEqual(
        broken.map(([link]) => link),
        [],
      );
    });
  }
});

describe("the page on security", () => {
  it("has the rights that the proof of Trino's access tries", () => {
    const page = readFileSync(join(PROJECT_FOLDER, "docs", "security.md"), "utf8");
    assert.ok(page.includes(matrix()), `docs/security.md lacks this table:\n${matrix()}`);
  });
});
