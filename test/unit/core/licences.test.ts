import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { locked, lockText, readLock } from "../../../components/core/image-lock";
import { chartLicences, imageLicences, jarLicences, sameLicence } from "../../../components/core/licences";
import { charts, images, jars, tags, withDigests } from "../../../components/core/versions";

const DIGEST = `sha256:${"0a".repeat(32)}`;

describe("licences", () => {
  it("are known of every image, chart and library, and of nothing else", () => {
    assert.deepEqual(Object.keys(imageLicences), Object.keys(images));
    assert.deepEqual(Object.keys(chartLicences), Object.keys(charts));
    assert.deepEqual(Object.keys(jarLicences), Object.keys(jars));
    for (const licence of [imageLicences, chartLicences, jarLicences].flatMap((all) => Object.values(all)))
      assert.match(licence, /^[A-Za-z0-9.-]+$/);
  });

  it("are the same with and without -only and -or-later", () => {
    assert.ok(sameLicence("AGPL-3.0", "AGPL-3.0-or-later") && sameLicence("agpl-3.0-only", "AGPL-3.0+"));
    assert.ok(!sameLicence("AGPL-3.0", "GPL-3.0"));
  });
});

describe("the lock of images", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-lock-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const file = () => join(folder, "images.lock.json");

  it("locks nothing where there is none", () => {
    assert.deepEqual(readLock(file()), {});
  });

  it("adds the digest to the very tag that it has, and to no other", () => {
    const lock = { [tags.trino]: DIGEST, "docker.io/apache/spark:3.0.0": DIGEST };
    writeFileSync(file(), lockText(lock));
    assert.deepEqual(readLock(file()), lock);
    const all = withDigests(tags, readLock(file()));
    assert.deepEqual(all, { ...tags, trino: `${tags.trino}@${DIGEST}` });
    assert.equal(locked("constructor", {}), "constructor");
  });

  for (const text of ["{", "[]", '{"images":[]}', '{"images":{"a:1":"latest"}}', '{"images":{"a:1":"sha256:0a"}}'])
    it(`is refused when it is ${text}`, () => {
      writeFileSync(file(), text);
      assert.throws(() => readLock(file()), { name: "InputError", message: /is not a lock of images: .+; allowed: / });
    });
});
