import { deepEqual, equal, match } from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Rendered } from "../../../sandbox/engines/rendered";
import { proofs } from "../../../sandbox/engines/local/prove";
import { additions, spoolingKey } from "../../../sandbox/engines/local/spooling";

describe("Trino of a local lakehouse", () => {
  let rendered: Rendered;
  let folder = "";

  before(async () => {
    rendered = await Rendered.of("dev");
    folder = mkdtempSync(join(tmpdir(), "lakehouse-trino-"));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  const more = () => additions({ folder }, { rendered, at: () => "127.0.0.1:9" });

  it("hands large results over by the object store, with the region and the key of its tables", () => {
    const { config, files, env } = more();
    deepEqual(config, {
      "protocol.spooling.enabled": "true",
      "protocol.spooling.shared-secret-key": "${ENV:LAKEHOUSE_SPOOLING_KEY}",
    });
    const text = files?.["spooling-manager.properties"] ?? "";
    match(text, /^s3\.endpoint=http:\/\/127\.0\.0\.1:9$/m);
    match(text, /^s3\.aws-secret-key=\$\{ENV:TRINO_S3_SECRET_KEY\}$/m);
    match(text, /^s3\.region=\S+$/m);
    match(text, /^fs\.location=s3:\/\/trino-results\/$/m);
    // AES with 256 bits, which Trino wants in base 64.
    equal(Buffer.from(env?.LAKEHOUSE_SPOOLING_KEY ?? "", "base64").length, 32);
    equal(spoolingKey("a"), spoolingKey("a"));
  });

  it("has the user's own catalogs, and no other file of that folder", () => {
    mkdirSync(join(folder, "catalogs"));
    writeFileSync(join(folder, "catalogs", "memory.properties"), "connector.name=memory\n");
    writeFileSync(join(folder, "catalogs", "notes.txt"), "mine");
    const { files, catalogs } = more();
    deepEqual(catalogs, ["memory"]);
    deepEqual(Object.keys(files ?? {}).sort(), ["catalog/memory.properties", "spooling-manager.properties"]);
  });

  it("is up when a query has run through each catalog that has something behind it", () => {
    deepEqual(proofs({ rendered }), [
      "select count(*) from tpch.tiny.nation",
      "show schemas from delta",
      "show schemas from lakehouse",
      "show schemas from postgres",
    ]);
  });
});
