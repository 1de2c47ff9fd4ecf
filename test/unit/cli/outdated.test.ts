import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { newestOf, outdated, outdatedTable } from "../../../cli/outdated";
import { allPins, pins } from "../../../components/pins";

describe("the newest version in a registry", () => {
  it("is compared by number, not by text", () => {
    assert.equal(newestOf("42.7.8", ["42.7.9", "42.7.14", "42.7.10"]), "42.7.14");
  });

  it("has the pin's suffix, and is not a release candidate", () => {
    const all = [
      "4.1.0-scala2.13-java17-ubuntu",
      "4.2.0-scala2.13-java17-r-ubuntu",
      "4.3.0-rc1-scala2.13-java17-ubuntu",
    ];
    assert.equal(newestOf("4.0.2-scala2.13-java17-ubuntu", all), "4.1.0-scala2.13-java17-ubuntu");
    assert.equal(newestOf("3.6.1.Final", ["3.7.0.Beta1", "3.6.2.Final"]), "3.6.2.Final");
  });

  it("is the pin if there is no newer one", () => {
    assert.equal(newestOf("484", ["483", "latest", "484-arm64"]), "484");
  });

  it("within its line keeps the first two numbers of three, and the first of two", () => {
    assert.equal(newestOf("4.0.2", ["4.0.5", "4.3.0"], true), "4.0.5");
    assert.equal(newestOf("18.6-standard", ["18.7-standard", "19.1-standard"], true), "18.7-standard");
    assert.equal(newestOf("484", ["490"], true), "490");
  });
});

/** Fake registries of all three kinds on loopback. Other behaviour of real ones is not proven. */
describe("lakehouse outdated", () => {
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
        response.end(
          `entries: { spark-operator: [{ version: ${pins.sparkOperator.chart.version} }, { version: 9.9.9 }] }`,
        );
      else if (url.pathname.endsWith("/org/postgresql/postgresql/maven-metadata.xml"))
        response.end(`<metadata><version>${pins.postgresJdbc.version}</version><version>42.7.99</version></metadata>`);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("asks for every pin, over all pages, and prints a reason for each without an answer", async () => {
    const rows = await outdated({ endpoint: () => base, maven: base, chartRepository: () => base, pauses: [] });
    assert.equal(rows.length, allPins.flatMap(({ image, chart, jar }) => [image, chart, jar].filter(Boolean)).length);
    const row = (name: string) => rows.find(({ what }) => what === name);
    assert.deepEqual(row("trino"), { what: "trino", pinned: pins.trino.version, line: "490", newest: "490", note: "" });
    assert.equal(row("sparkOperator (chart)")?.newest, "9.9.9");
    assert.equal(row("postgresJdbc (library)")?.line, "42.7.99");
    assert.deepEqual([row("flink")?.newest, row("flink")?.note], ["?", "the registry has no such repository (404)"]);
    const text = outdatedTable(rows);
    assert.match(text, /\d+ pins, 3 behind upstream, \d+ whose registry did not answer/);
    assert.ok(text.indexOf("490") < text.indexOf("no such repository"), "what is behind comes first");
  });
});
