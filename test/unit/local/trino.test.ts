import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { MiB } from "../../../components/core/quantity";
import { trinoMemory } from "../../../components/query/trino/config";
import { GENERATOR, LEAST, sized, sizesOf } from "../../../sandbox/engines/local/memory";
import { Changes } from "../../../sandbox/engines/changes";
import { properties } from "../../../sandbox/engines/formats";
import { Rendered } from "../../../sandbox/engines/rendered";
import { additions, limitsBesideGenerator } from "../../../sandbox/engines/local/additions";
import { proofs } from "../../../sandbox/engines/local/prove";
import { spoolingKey } from "../../../sandbox/engines/local/spooling";

describe("Trino of a local lakehouse", () => {
  let rendered: Rendered;
  let folder = "";

  before(async () => {
    rendered = await Rendered.of("dev", undefined, sized(readStackFile(PROJECT_FOLDER, "dev"), sizesOf(LEAST)));
    folder = mkdtempSync(join(tmpdir(), "lakehouse-trino-"));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  const more = () => additions({ folder }, { rendered, at: () => "127.0.0.1:9" });

  it("spools large results to the object store, with the region and credentials of its tables", () => {
    const { config, files, env } = more();
    for (const role of ["coordinator", "worker"] as const) {
      equal(config?.(role)["protocol.spooling.enabled"], "true");
      equal(config(role)["protocol.spooling.shared-secret-key"], "${ENV:LAKEHOUSE_SPOOLING_KEY}");
    }
    const text = files?.["spooling-manager.properties"] ?? "";
    match(text, /^s3\.endpoint=http:\/\/127\.0\.0\.1:9$/m);
    match(text, /^s3\.aws-secret-key=\$\{ENV:TRINO_S3_SECRET_KEY\}$/m);
    match(text, /^s3\.region=\S+$/m);
    match(text, /^fs\.location=s3:\/\/trino-results\/$/m);
    // An AES key of 256 bits in Base64.
    equal(Buffer.from(env?.LAKEHOUSE_SPOOLING_KEY ?? "", "base64").length, 32);
    equal(spoolingKey("a"), spoolingKey("a"));
  });

  it("excludes the heap of the TPC-H generator from the memory of queries", () => {
    const { heap, headroom, query } = trinoMemory(sizesOf(LEAST).worker);
    const limits = (role: "coordinator" | "worker") => {
      const all = more().config?.(role) ?? {};
      return Object.fromEntries(Object.entries(all).filter(([key]) => key.includes("memory")));
    };
    const mebibytes = (bytes: number) => `${bytes / MiB}MB`;
    deepEqual(limits("coordinator"), { "query.max-memory": mebibytes(query - GENERATOR) });
    deepEqual(limits("worker"), {
      "query.max-memory": mebibytes(query - GENERATOR),
      "query.max-memory-per-node": mebibytes(query - GENERATOR),
      "memory.heap-headroom-per-node": mebibytes(headroom + GENERATOR),
    });
    // The list of allowed differences has these properties.
    for (const role of ["coordinator", "worker"] as const) {
      const [file, changes] = [`trino-${role}/config.properties`, new Changes()];
      const text = rendered.configMap(`trino-${role}-etc`)["config.properties"] ?? "";
      for (const [key, to] of Object.entries(more().config?.(role) ?? {})) changes.set(file, text, properties, key, to);
    }
    // Queries have at least the memory of the smallest worker that a stack can have.
    ok(query - GENERATOR >= 368 * MiB && query + headroom < heap);
    throws(() => limitsBesideGenerator("query.max-memory=304MB\n", "coordinator"), /query\.max-memory .* no room/);
    throws(() => limitsBesideGenerator("", "worker"), /query\.max-memory .* no room/);
  });

  it("has the user's own catalogs, and no other file of that folder", () => {
    mkdirSync(join(folder, "catalogs"));
    writeFileSync(join(folder, "catalogs", "memory.properties"), "connector.name=memory\n");
    writeFileSync(join(folder, "catalogs", "notes.txt"), "mine");
    const { files, catalogs } = more();
    deepEqual(catalogs, ["memory"]);
    deepEqual(Object.keys(files ?? {}).sort(), ["catalog/memory.properties", "spooling-manager.properties"]);
  });

  it("is up when a query has run in each catalog with a backend", () => {
    deepEqual(proofs({ rendered }), [
      "select count(*) from tpch.tiny.nation",
      "show schemas from delta",
      "show schemas from lakehouse",
      "show schemas from postgres",
    ]);
  });
});
