import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { newestOf, outdated, outdatedTable } from "../../../cli/outdated";
import { charts, jars, tags, versions } from "../../../components/core/versions";

describe("the newest of what a registry has", () => {
  it("is by number, not by text", () => {
    assert.equal(newestOf("42.7.8", ["42.7.9", "42.7.14", "42.7.10"]), "42.7.14");
  });

  it("is of the same flavour and no candidate of a release", () => {
    const all = [
      "4.1.0-scala2.13-java17-ubuntu",
      "4.2.0-scala2.13-java17-r-ubuntu",
      "4.3.0-rc1-scala2.13-java17-ubuntu",
    ];
    assert.equal(newestOf("4.0.2-scala2.13-java17-ubuntu", all), "4.1.0-scala2.13-java17-ubuntu");
    assert.equal(newestOf("3.6.1.Final", ["3.7.0.Beta1", "3.6.2.Final"]), "3.6.2.Final");
  });

  it("is the pin where nothing newer is there", () => {
    assert.equal(newestOf("484", ["483", "latest", "484-arm64"]), "484");
  });

  it("within its line keeps the first two numbers, and the first one where there are two", () => {
    assert.equal(newestOf("4.0.2", ["4.0.5", "4.3.0"], true), "4.0.5");
    assert.equal(newestOf("18.6-standard", ["18.7-standard", "19.1-standard"], true), "18.7-standard");
    assert.equal(newestOf("484", ["490"], true), "490");
  });
});

/** Registries of all three kinds on loopback; what real ones do beyond that is not shown here. */
describe("what is outdated", () => {
  let server: Server;
  let base = "";
  before(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? "", base);
      if (url.pathname === "/v2/trinodb/trino/tags/list" && !url.searchParams.has("last")) {
        response.writeHead(200, { link: '</v2/trinodb/trino/tags/list?last=484>; rel="next"' });
        response.end(JSON.stringify({ tags: ["484"] }));
      } else if (url.pathname === "/v2/trinodb/trino/tags/list")
        response.end(JSON.stringify({ tags: ["490", "latest"] }));
      else if (url.pathname === "/index.yaml")
        response.end(`entries: { spark-operator: [{ version: ${charts.sparkOperator.version} }, { version: 9.9.9 }] }`);
      else if (url.pathname.endsWith("/org/postgresql/postgresql/maven-metadata.xml"))
        response.end(`<metadata><version>${versions.postgresJdbc}</version><version>42.7.99</version></metadata>`);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("is asked for every pin, over all pages, and what did not answer has its reason", async () => {
    const rows = await outdated({ endpoint: () => base, maven: base, chartRepository: () => base, pauses: [] });
    assert.equal(rows.length, [tags, charts, jars].flatMap((each) => Object.keys(each)).length);
    const row = (name: string) => rows.find(({ what }) => what === name);
    assert.deepEqual(row("trino"), { what: "trino", pinned: versions.trino, line: "490", newest: "490", note: "" });
    assert.equal(row("sparkOperator (chart)")?.newest, "9.9.9");
    assert.equal(row("postgresJdbc (library)")?.line, "42.7.99");
    assert.deepEqual([row("flink")?.newest, row("flink")?.note], ["?", "the registry has no such repository (404)"]);
    const text = outdatedTable(rows);
    assert.match(text, /\d+ pins, 3 behind upstream, \d+ whose registry did not answer/);
    assert.ok(text.indexOf("490") < text.indexOf("no such repository"), "what is behind comes first");
  });
});
