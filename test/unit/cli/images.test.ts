import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { askLock, imagesCommand, writeLock } from "../../../cli/images";
import { askDigest, type RegistryOptions } from "../../../components/core/registry";
import { lockText } from "../../../components/core/image-lock";
import { allPins, pins } from "../../../components/pins";
import { PATIENCE } from "../../../sandbox/core/until";

const DIGEST = `sha256:${"0a".repeat(32)}`;
const OLD = `sha256:${"1b".repeat(32)}`;
const IMAGE = "docker.io/trinodb/trino:480";

/** A fake registry on loopback. Other behaviour of real registries is not proven. */
describe("a lock of images", () => {
  let server: Server;
  let base = "";
  let options: RegistryOptions = {};
  let requests: string[] = [];
  let answer: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;

  before(async () => {
    server = createServer((request, response) => {
      requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
      answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    options = { endpoint: () => base, timeout: PATIENCE, pauses: [1, 1] };
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    requests = [];
  });

  const digest = (text: string) => (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { "docker-content-digest": text }).end();
  };
  const status = (code: number) => (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(code).end();
  };

  it("asks for the index of a tag, by HEAD", async () => {
    let accept: string | undefined;
    answer = (request, response) => {
      accept = request.headers.accept;
      digest(DIGEST)(request, response);
    };
    assert.deepEqual(await askDigest(IMAGE, options), { digest: DIGEST });
    assert.deepEqual(requests, ["HEAD /v2/trinodb/trino/manifests/480"]);
    assert.match(accept ?? "", /application\/vnd\.oci\.image\.index\.v1\+json/);
  });

  for (const field of ["token", "access_token"])
    it(`fetches a ${field} from where the registry points, and repeats the request with it`, async () => {
      answer = (request, response) => {
        if (request.url?.startsWith("/auth") === true) response.end(JSON.stringify({ [field]: "t0" }));
        else if (request.headers.authorization === "Bearer t0") digest(DIGEST)(request, response);
        else {
          const challenge = `Bearer realm="${base}/auth",service="registry.example",scope="repository:trinodb/trino:pull"`;
          response.writeHead(401, { "www-authenticate": challenge }).end();
        }
      };
      assert.deepEqual(await askDigest(IMAGE, options), { digest: DIGEST });
      assert.deepEqual(requests, [
        "HEAD /v2/trinodb/trino/manifests/480",
        "GET /auth?service=registry.example&scope=repository%3Atrinodb%2Ftrino%3Apull",
        "HEAD /v2/trinodb/trino/manifests/480",
      ]);
    });

  const refused = (code: number, challenge: string) => (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(code, { "www-authenticate": challenge }).end();
  };
  const failures: readonly (readonly [string, () => typeof answer, RegExp, number])[] = [
    ["has no such tag", () => status(404), /no such tag \(404\)/, 1],
    ["wants a password", () => refused(401, 'Basic realm="x"'), /not anonymous \(401\)/, 1],
    ["gives no token", () => refused(401, `Bearer realm="${base}/auth"`), /no anonymous token: .* answered 401/, 2],
    ["gives no digest", () => status(200), /gave no digest/, 1],
    ["gives a digest of another form", () => digest("md5:0a"), /gave "md5:0a", which is no SHA-256 digest/, 1],
    ["is broken every time", () => status(503), /answered 503/, 3],
    ["does not answer", () => () => undefined, /did not answer within 0\.3 s/, 3],
  ];
  for (const [what, how, reason, times] of failures)
    it(`has no digest if the registry ${what}`, async () => {
      answer = how();
      const silent = what === "does not answer" ? { timeout: 300 } : {};
      const result = await askDigest(IMAGE, { ...options, ...silent });
      assert.ok("reason" in result);
      assert.match(result.reason, reason);
      assert.equal(requests.length, times);
    });

  it("retries if the registry is busy", async () => {
    answer = (request, response) => {
      (requests.length === 1 ? status(429) : digest(DIGEST))(request, response);
    };
    assert.deepEqual(await askDigest(IMAGE, options), { digest: DIGEST });
  });

  it("has no digest if no server listens", async () => {
    const result = await askDigest(IMAGE, { ...options, endpoint: () => "http://127.0.0.1:1" });
    assert.ok("reason" in result && result.reason.includes("cannot be reached"), JSON.stringify(result));
  });

  const onlyTrino: typeof answer = (request, response) => {
    (request.url?.includes("/trino/") === true ? digest(DIGEST) : status(404))(request, response);
  };

  it("keeps the old digest of an image without an answer, and removes images that are no longer pinned", async () => {
    answer = onlyTrino;
    const [spark, maven] = ["docker.io/apache/spark:4", "docker.io/library/maven:3"];
    const before = { [IMAGE]: OLD, [spark]: OLD, "docker.io/trinodb/trino:470": OLD };
    const { lock, unanswered } = await askLock([IMAGE, spark, maven], before, options);
    assert.deepEqual(lock, { [IMAGE]: DIGEST, [spark]: OLD });
    assert.deepEqual(
      unanswered.map(({ image }) => image),
      [spark, maven],
    );
  });

  describe("in a file", () => {
    let folder = "";
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "lakehouse-images-"));
    });
    afterEach(() => {
      rmSync(folder, { recursive: true, force: true });
    });
    const file = () => join(folder, "images.lock.json");

    it("is complete if every registry answered", async () => {
      answer = digest(DIGEST);
      const { text, complete } = await imagesCommand(true, file(), options);
      assert.ok(complete && !text.includes("not locked"));
      const all = Object.fromEntries(allPins.flatMap(({ tag }) => (tag === undefined ? [] : [[tag, DIGEST]])));
      assert.equal(readFileSync(file(), "utf8"), lockText(all));
    });

    it("has the answered images, and the command names the others", async () => {
      answer = onlyTrino;
      const { text, complete } = await imagesCommand(true, file(), options);
      assert.equal(complete, false);
      assert.equal(readFileSync(file(), "utf8"), lockText({ [pins.trino.tag]: DIGEST }));
      assert.ok(text.includes(`${pins.spark.tag}: the registry has no such tag (404); not locked\n`), text);
      assert.deepEqual(readdirSync(folder), ["images.lock.json"]);
    });

    it("is not written if no registry answered, nor by listing", async () => {
      answer = status(404);
      assert.equal((await imagesCommand(true, file(), options)).complete, false);
      assert.equal((await imagesCommand(false, file(), options)).complete, true);
      assert.ok(!existsSync(file()));
    });

    it("stays unchanged if it cannot be written", () => {
      writeFileSync(file(), "before");
      const cyclic = {
        get a(): string {
          throw new Error("broken");
        },
      };
      assert.throws(() => {
        writeLock(file(), cyclic);
      });
      assert.equal(readFileSync(file(), "utf8"), "before");
      assert.deepEqual(readdirSync(folder), ["images.lock.json"]);
    });
  });
});
