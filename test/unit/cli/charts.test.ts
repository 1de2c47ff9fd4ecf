import assert from "node:assert/strict";
import fs, { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";

import { chartsCommand } from "../../../cli/charts";
import { isMirrored, type Mirror, readChartLock, sha256 } from "../../../components/core/chart-mirror";
import { requireCharts } from "../../../components/core/chart-source";
import { chartSource } from "../../../components/core/release";
import type { Chart } from "../../../components/core/pins";
import { freePorts } from "../../../sandbox/core/ports";

const ARCHIVE = Buffer.from("a packed chart");
const INDEX = (digest: string) =>
  `entries: { operator: [{ version: 1.2.3, urls: [files/operator-1.2.3.tgz], digest: ${digest} }] }\n`;
const MANIFEST = {
  layers: [
    { mediaType: "application/vnd.cncf.helm.chart.provenance.v1.prov", digest: "sha256:0" },
    { mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", digest: `sha256:${sha256(ARCHIVE)}` },
  ],
};

/** URL of a repository that does not answer. */
const away = async () => `http://127.0.0.1:${String((await freePorts("away")).away)}`;

/** A chart repository, and an OCI registry that requires a token, on loopback. */
function answers(
  origin: () => string,
): Readonly<Record<string, (token: string | undefined) => [number, string | Buffer]>> {
  const signedIn =
    (content: string | Buffer) =>
    (token: string | undefined): [number, string | Buffer] =>
      token === "Bearer anybody" ? [200, content] : [401, origin()];
  return {
    "/charts/index.yaml": () => [200, INDEX(sha256(ARCHIVE))],
    "/charts/files/operator-1.2.3.tgz": () => [200, ARCHIVE],
    "/forged/index.yaml": () => [200, INDEX("0".repeat(64))],
    "/forged/files/operator-1.2.3.tgz": () => [200, ARCHIVE],
    "/token": () => [200, JSON.stringify({ token: "anybody" })],
    "/v2/helm/operator/manifests/1.2.3": signedIn(JSON.stringify(MANIFEST)),
    [`/v2/helm/operator/blobs/sha256:${sha256(ARCHIVE)}`]: signedIn(ARCHIVE),
  };
}

describe("lakehouse charts", () => {
  let server: Server;
  let origin = "";
  let folder = "";
  const pin = (repository: string): Chart => ({ chart: "operator", version: "1.2.3", repository });
  const run = (fetch: boolean, repository: string) =>
    chartsCommand(fetch, { pins: [pin(repository)], mirror: mirror(), endpoint: () => origin, pauses: [] });
  const lock = () => readChartLock(mirror());
  const mirror = (): Mirror => ({ folder: join(folder, "charts"), lockFile: join(folder, "charts.lock.json") });

  before(async () => {
    const known = answers(() => origin);
    server = createServer(({ url = "", headers }, response) => {
      const [status, content] = known[url.split("?")[0] ?? ""]?.(headers.authorization) ?? [404, ""];
      if (status === 401)
        response.setHeader("www-authenticate", `Bearer realm="${origin}/token",service="s",scope="p"`);
      response.writeHead(status).end(content);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  after(() => server.close());
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "lakehouse-charts-"))));
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("names the repository that previews read, and how to avoid it", async () => {
    assert.deepEqual(await run(false, `${origin}/charts`), {
      text: `operator-1.2.3.tgz: not in charts/, so previews read ${origin}/charts; npx lakehouse charts --mirror fetches it\n`,
      complete: false,
    });
    assert.deepEqual(readdirSync(folder), []);
  });

  for (const [kind, path] of [
    ["a chart repository", "/charts"],
    ["a registry of images", "oci"],
  ] as const) {
    it(`fetches a missing chart from ${kind} once, and locks its sum`, async () => {
      const repository = path === "oci" ? "oci://registry.example/helm" : origin + path;
      assert.deepEqual(await run(true, repository), {
        text: `operator-1.2.3.tgz: fetched from ${repository}\n`,
        complete: true,
      });
      assert.deepEqual(lock(), { "operator-1.2.3.tgz": sha256(ARCHIVE) });
      assert.deepEqual(readFileSync(join(folder, "charts", "operator-1.2.3.tgz")), ARCHIVE);
      assert.deepEqual(await run(true, "https://away.example"), {
        text: "operator-1.2.3.tgz: in charts/\n",
        complete: true,
      });
    });
  }

  it("names an unreachable repository, the reason and the fix in one line, and writes nothing", async () => {
    const nobody = await away();
    const { text, complete } = await run(true, `${nobody}/charts`);
    assert.equal(complete, false);
    assert.equal(
      text,
      `operator-1.2.3.tgz: ${nobody}/charts cannot give it: ${nobody.slice(7)} cannot be reached (ECONNREFUSED); put operator-1.2.3.tgz into charts/ and its SHA-256 into charts.lock.json\n`,
    );
    assert.deepEqual(readdirSync(folder), []);
  });

  describe("before a preview or an update", () => {
    const required = (repositories: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
      requireCharts(repositories.map(pin), { mirror: mirror(), environment, endpoint: () => origin, pauses: [] });
    const mirrorOf =
      "run npx lakehouse charts --mirror on a machine that can read it, and copy charts/ and charts.lock.json here";

    it("one repository with the chart is enough, or the mirror", async () => {
      await required([`${origin}/charts`, "oci://registry.example/helm"]);
      await run(true, `${origin}/charts`);
      await required([`${await away()}/charts`]);
    });

    it("one line for each unreachable repository names the reason and how to avoid it", async () => {
      const nobody = await away();
      const host = nobody.slice(7);
      await assert.rejects(required([nobody, `${origin}/charts`, `${origin}/none`, "oci://registry.example/none"]), {
        name: "InputError",
        message: [
          `chart operator 1.2.3 cannot be read from ${nobody}: ${host} cannot be reached (ECONNREFUSED); ${mirrorOf}`,
          `chart operator 1.2.3 cannot be read from ${origin}/none: ${origin.slice(7)} answered 404 for /none/index.yaml; ${mirrorOf}`,
          `chart operator 1.2.3 cannot be read from oci://registry.example/none: ${origin.slice(7)} answered 404 for /v2/none/operator/manifests/1.2.3; ${mirrorOf}`,
        ].join("\n"),
      });
    });

    it("reads an archive of the mirror once for check and release, and again after a change", async () => {
      await run(true, `${origin}/charts`);
      const one = pin(`${origin}/charts`);
      const reads = mock.method(fs, "readFileSync");
      const read = () => reads.mock.calls.filter(({ arguments: [path] }) => String(path).endsWith(".tgz")).length;
      try {
        await required([one.repository]);
        assert.equal(isMirrored(one, mirror()), true);
        assert.equal(read(), 1);
        writeFileSync(join(folder, "charts", "operator-1.2.3.tgz"), ARCHIVE);
        assert.equal(isMirrored(one, mirror()), true);
        assert.equal(read(), 2);
      } finally {
        reads.mock.restore();
      }
    });

    for (const environment of [{ HTTPS_PROXY: "http://proxy.example:3128" }, { LAKEHOUSE_CHART_CHECK: "off" }])
      it(`no repository is asked with ${Object.keys(environment).join()}`, async () => {
        await required([await away()], environment);
      });
  });

  it("refuses a file whose sum is not the repository's or not the locked one", async () => {
    assert.match(
      (await run(true, `${origin}/forged`)).text,
      /cannot give it: it sent a file with SHA-256 \w{64}, but says 0{64}/,
    );
    writeFileSync(
      join(folder, "charts.lock.json"),
      JSON.stringify({ charts: { "operator-1.2.3.tgz": "1".repeat(64) } }),
    );
    assert.match(
      (await run(true, `${origin}/charts`)).text,
      /has another file now: SHA-256 \w{64}, but charts.lock.json says 1{64}/,
    );
    assert.equal(existsSync(join(folder, "charts")), false);
  });

  it("stops the program at a file in charts/ that is not the locked one", async () => {
    await run(true, `${origin}/charts`);
    const one = pin(`${origin}/charts`);
    assert.equal(isMirrored(one, mirror()), true);
    writeFileSync(join(folder, "charts", "operator-1.2.3.tgz"), "another");
    const wrong = { name: "InputError", message: /but charts.lock.json says .*; remove the file and run/ };
    assert.throws(() => isMirrored(one, mirror()), wrong);
    await assert.rejects(run(false, `${origin}/charts`), wrong);
    await assert.rejects(requireCharts([one], { mirror: mirror(), environment: {} }), wrong);
    rmSync(mirror().lockFile);
    assert.throws(() => isMirrored(one, mirror()), /charts.lock.json has no sum for it/);
  });

  it("makes releases read the mirror by a relative path, else the repository", () => {
    assert.deepEqual(chartSource(pin("https://r.example"), true), { chart: "./charts/operator-1.2.3.tgz" });
    assert.deepEqual(chartSource(pin("https://r.example"), false), {
      chart: "operator",
      repositoryOpts: { repo: "https://r.example" },
    });
    assert.deepEqual(chartSource(pin("oci://r.example/helm"), false), { chart: "oci://r.example/helm/operator" });
  });

  it("refuses an invalid lock file", () => {
    writeFileSync(join(folder, "charts.lock.json"), '{ "charts": { "a.tgz": "sha256:1" } }');
    assert.throws(lock, /is not a lock of charts: a.tgz; allowed: /);
  });
});
