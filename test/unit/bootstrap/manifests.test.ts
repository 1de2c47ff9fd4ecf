import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { filesOf, isKept, keep, manifestText } from "../../../bootstrap/manifests";
import { CANAL, GATEWAY_API, type Manifests } from "../../../bootstrap/pins";
import { sha256 } from "../../../components/core/chart-mirror";
import { temporary } from "../../support/temporary";

const TEXT = "kind: ConfigMap\n";
const OURS: Manifests = { project: "a/b", tag: "v1", files: { "deploy/all.yaml": sha256(Buffer.from(TEXT)) } };

describe("manifests of upstream", () => {
  let server: Server;
  let host = "";
  before(async () => {
    server = createServer(({ url }, response) => {
      response.writeHead(url === "/a/b/v1/deploy/all.yaml" ? 200 : 404).end(TEXT);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    host = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  after(() => server.close());

  it("are files of a tag, each with its sum", () => {
    const all = [CANAL, GATEWAY_API].flatMap((one) => filesOf(one));
    assert.equal(all[0]?.url, "https://raw.githubusercontent.com/projectcalico/calico/v3.32.1/manifests/canal.yaml");
    assert.equal(all[0].name, "canal-v3.32.1.yaml");
    for (const { sum } of all) assert.match(sum, /^[0-9a-f]{64}$/);
    assert.equal(new Set(all.map(({ name }) => name)).size, all.length);
  });

  it("are downloaded, or read from the mirror, and never used with another sum", async () => {
    const folder = temporary("manifests");
    const options = { mirror: { folder }, host, pauses: [] };
    assert.equal(await manifestText(OURS, options), TEXT);
    const forged = { ...OURS, files: { "deploy/all.yaml": "0".repeat(64) } };
    await assert.rejects(manifestText(forged, options), {
      name: "InputError",
      message: `${host}/a/b/v1/deploy/all.yaml has SHA-256 ${sha256(Buffer.from(TEXT))}; allowed: ${"0".repeat(64)}`,
    });
    const [file = assert.fail()] = filesOf(OURS, host);
    assert.equal(isKept(file, { folder }), false);
    assert.equal(await keep(file, options), undefined);
    assert.equal(isKept(file, { folder }), true);
    const away = { ...options, host: "http://127.0.0.1:1" };
    assert.equal(await manifestText(OURS, away), TEXT);
    writeFileSync(join(folder, file.name), "another");
    await assert.rejects(manifestText(OURS, away), /^InputError: charts\/all-v1\.yaml has SHA-256 \w{64}; allowed: /);
  });

  it("name what cannot be read, and the way without a network", async () => {
    const folder = temporary("manifests");
    const options = { mirror: { folder }, host: `${host}/none`, pauses: [] };
    await assert.rejects(manifestText(OURS, options), {
      message: `all-v1.yaml cannot be read: ${host.slice(7)} answered 404 for /none/a/b/v1/deploy/all.yaml; run npx lakehouse charts --mirror on a machine that can read it, and copy charts/ here`,
    });
    assert.ok(!existsSync(join(folder, "all-v1.yaml")));
  });
});
