import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { locked, lockText, readLock } from "../../../components/core/image-lock";
import { pinned, sameLicence } from "../../../components/core/pins";

const DIGEST = `sha256:${"0a".repeat(32)}`;

const RECORDS = {
  engine: {
    version: "1.2.3",
    licence: "MIT",
    held: { pin: "1.2.3", newest: "1.3.0", read: "2026-11-28", why: "the next one was not tried" },
    image: "docker.io/one/engine:v{version}-alpine",
    chart: { chart: "engine", repository: "https://charts.example.org/engine-{version}/" },
  },
  other: {
    version: "2.0",
    licence: "MIT",
    chart: { chart: "other", version: "0.7.0", repository: "oci://one/charts" },
    jar: { group: "org.one", artifact: "other", sha256: "0a" },
  },
};

describe("a pin", () => {
  it("is its record with a name, and with the version filled into its templates", () => {
    const { engine } = pinned(RECORDS, {});
    const image = "docker.io/one/engine:v1.2.3-alpine";
    assert.deepEqual(engine, {
      name: "engine",
      version: "1.2.3",
      licence: "MIT",
      held: RECORDS.engine.held,
      tag: image,
      image,
      chart: { chart: "engine", version: "1.2.3", repository: "https://charts.example.org/engine-1.2.3/" },
    });
  });

  it("can have a chart and a library with versions of their own", () => {
    const { other } = pinned(RECORDS, {});
    assert.equal(other.chart.version, "0.7.0");
    assert.deepEqual(other.jar, { group: "org.one", artifact: "other", version: "2.0", sha256: "0a" });
    assert.ok(!("image" in other));
  });

  it("has the digest that is locked for exactly its tag", () => {
    const lock = { "docker.io/one/engine:v1.2.3-alpine": DIGEST, "docker.io/one/engine:v1.2.2-alpine": "sha256:1" };
    const { engine } = pinned(RECORDS, lock);
    assert.deepEqual([engine.image, engine.tag], [`${engine.tag}@${DIGEST}`, "docker.io/one/engine:v1.2.3-alpine"]);
    const before = { "docker.io/one/engine:v1.2.2-alpine": DIGEST };
    assert.equal(pinned(RECORDS, before).engine.image, engine.tag);
  });
});

describe("licences", () => {
  it("are equal with and without -only and -or-later", () => {
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

  it("is empty if the file is missing", () => {
    assert.deepEqual(readLock(file()), {});
  });

  it("is read back as it was written", () => {
    const lock = { "docker.io/apache/spark:3.0.0": DIGEST };
    writeFileSync(file(), lockText(lock));
    assert.deepEqual(readLock(file()), lock);
    assert.equal(locked("constructor", {}), "constructor");
  });

  for (const text of ["{", "[]", '{"images":[]}', '{"images":{"a:1":"latest"}}', '{"images":{"a:1":"sha256:0a"}}'])
    it(`is refused if it is ${text}`, () => {
      writeFileSync(file(), text);
      assert.throws(() => readLock(file()), { name: "InputError", message: /is not a lock of images: .+; allowed: / });
    });
});
