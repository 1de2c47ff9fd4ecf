import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { forge } from "../../../cli/review/forge";
import { MARKER } from "../../../planner/report/review";
import { FakeForge } from "../../support/forge";

describe("the comment of a review", () => {
  let fake: FakeForge;
  let folder = "";
  let url = "";
  beforeEach(async () => {
    fake = new FakeForge();
    url = await fake.start();
    folder = mkdtempSync(join(tmpdir(), "lakehouse-forge-"));
  });
  afterEach(() => {
    fake.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const gitHub = () => {
    const event = join(folder, "event.json");
    writeFileSync(event, JSON.stringify({ pull_request: { number: 7, body: "text", base: { sha: "abc" } } }));
    return forge({ GITHUB_EVENT_PATH: event, GITHUB_REPOSITORY: "o/r", GITHUB_API_URL: url, GITHUB_TOKEN: "t0ken" })!;
  };
  const gitLab = () =>
    forge({
      CI_MERGE_REQUEST_IID: "7",
      CI_PROJECT_ID: "42",
      CI_API_V4_URL: `${url}/api/v4`,
      CI_MERGE_REQUEST_DIFF_BASE_SHA: "abc",
      CI_MERGE_REQUEST_DESCRIPTION: "text",
      LAKEHOUSE_GITLAB_TOKEN: "t0ken",
    })!;

  for (const [name, of, list, token] of [
    ["GitHub", gitHub, "/repos/o/r/issues/7/comments", "Bearer t0ken"],
    ["GitLab", gitLab, "/api/v4/projects/42/merge_requests/7/notes", "t0ken"],
  ] as const)
    describe(`on ${name}`, () => {
      it("is written once, edited in place, and left alone when it is up to date", async () => {
        const others = Array.from({ length: 250 }, (_, id) => ({
          id: id + 1,
          body: `comment ${String(id)}`,
          mine: false,
        }));
        fake.comments.push(...others);
        assert.equal(await of().comment(`${MARKER}\none`), "a comment was written");
        assert.equal(await of().comment(`${MARKER}\ntwo`), "the comment was edited");
        assert.equal(await of().comment(`${MARKER}\ntwo`), "the comment is up to date");
        assert.equal(fake.comments.length, 251);
        assert.equal(fake.comments.at(-1)?.body, `${MARKER}\ntwo`);
        assert.equal(fake.seen.filter((line) => line === `GET ${list}`).length, 9);
        assert.deepEqual([...fake.tokens], [token]);
      });

      it("of somebody else who copied the marker is not taken for it", async () => {
        fake.comments.push({ id: 1, body: `${MARKER}\nfake`, mine: false });
        assert.equal(await of().comment(`${MARKER}\none`), "a comment was written");
        assert.equal(await of().comment(`${MARKER}\ntwo`), "the comment was edited");
        assert.deepEqual(
          fake.comments.map(({ body }) => body),
          [`${MARKER}\nfake`, `${MARKER}\ntwo`],
        );
      });

      it("that is refused is told without the token", async () => {
        fake.refuses = 403;
        await assert.rejects(of().comment(MARKER), { message: "comments cannot be read: HTTP 403" });
      });

      it("has the base and the description of the request", () => {
        assert.deepEqual([of().base, of().description], ["abc", "text"]);
      });
    });

  it("is none outside of a pull request", () => {
    assert.equal(forge({}), undefined);
    const event = join(folder, "event.json");
    writeFileSync(event, JSON.stringify({ ref: "main" }));
    assert.equal(forge({ GITHUB_EVENT_PATH: event, GITHUB_REPOSITORY: "o/r" }), undefined);
  });
});
