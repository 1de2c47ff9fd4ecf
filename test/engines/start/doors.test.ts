import { deepEqual, equal, match } from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { join } from "node:path";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { Authority } from "../../../sandbox/engines/authority";
import type { Engine } from "../../../sandbox/engines/engine";
import { Ground } from "../../../sandbox/engines/ground";
import { obtain } from "../../../sandbox/engines/obtain";
import { Rendered } from "../../../sandbox/engines/rendered";
import { startNode } from "../../../sandbox/engines/trino/trino";

const HOST = "trino.example.org";
/** Where the gateway's listener would be at 443. */
const PORT = 9443;

/** Trino from its rendered files behind a proxy that ends TLS as a gateway does: nginx, with the rendered certificate of the door. */
describe("a door of Trino", function () {
  this.timeout(2 * PATIENCE);
  let run: Run | undefined;
  let ground: Ground;
  let authority: Authority;
  let proxy: ChildProcess | undefined;
  let trino: Engine;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const tools = await obtain(() => undefined, ["trino", "nginx"]);
    run = Run.start("doors");
    authority = await Authority.make(join(run.folder, "authority"));
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const cluster = {
      ...(JSON.parse(config.values["lakehouse:cluster"] ?? "{}") as object),
      certManager: true,
      issuer: "lab",
      gateway: { mode: "existing", namespace: "edge", proxies: { labels: { app: "proxy" } } },
    };
    const values = {
      ...config.values,
      "lakehouse:cluster": JSON.stringify(cluster),
      "lakehouse:doors": JSON.stringify({ trino: { host: HOST, anyone: true } }),
    };
    const rendered = await Rendered.of("dev", undefined, { ...config, values });
    ground = await Ground.of(run, rendered, tools);
    await authority.certify(rendered, "door-trino", ground.folder("door"));
    proxy = await gateway();
    trino = await startNode(ground, "coordinator");
  });
  after(async () => {
    proxy?.kill("SIGTERM");
    await run?.end();
  });

  /** What gateways send on: the name that the client has asked for, and how it came. */
  async function gateway(): Promise<ChildProcess> {
    const folder = ground.folder("gateway");
    for (const each of ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]) mkdirSync(join(folder, each));
    const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
    const file = join(folder, "nginx.conf");
    writeFileSync(
      file,
      `daemon off;
pid ${folder}/pid;
error_log stderr;
events {}
http {
  access_log off;
${paths.map((each) => `  ${each}_temp_path ${folder}/${each};`).join("\n")}
  server {
    listen 127.0.0.1:${String(PORT)} ssl;
    ssl_certificate ${ground.folder("door")}/tls.crt;
    ssl_certificate_key ${ground.folder("door")}/tls.key;
    location / {
      proxy_pass http://${ground.at("trino")};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
    }
  }
}
`,
    );
    const program = spawn(join(ground.tools.nginx, "nginx"), ["-c", file, "-p", folder], { stdio: "ignore" });
    await until("the proxy listens", () =>
      ask("/").then(
        () => true,
        () => false,
      ),
    );
    return program;
  }

  /** One request to the door, whose certificate is verified by its name. */
  function ask(path: string, method = "GET", body?: string): Promise<{ answer: IncomingMessage; text: string }> {
    const options = {
      ...{ host: "127.0.0.1", port: PORT, path, method, servername: HOST, ca: authority.pem, timeout: PATIENCE },
      headers: { "Host": HOST, "X-Trino-User": "ada" },
    };
    return new Promise((resolve, reject) => {
      const call = request(options, (answer) => {
        let text = "";
        answer.on("data", (part: Buffer) => (text += part.toString()));
        answer.on("end", () => {
          resolve({ answer, text });
        });
      });
      call.on("error", reject);
      call.end(body);
    });
  }

  it("sends browsers to its own pages by the door's name, and clients to the next page of a result", async () => {
    const { answer } = await ask("/");
    equal(answer.statusCode, 303);
    equal(answer.headers.location, `https://${HOST}/ui/`);
    const { answer: accepted, text } = await ask("/v1/statement", "POST", "select 1");
    equal(accepted.statusCode, 200, text);
    const { nextUri, infoUri } = JSON.parse(text) as Record<string, string>;
    match(nextUri ?? "", new RegExp(`^https://${HOST}/v1/statement/`));
    match(infoUri ?? "", new RegExp(`^https://${HOST}/ui/`));
    const { pathname } = new URL(nextUri ?? "");
    equal((await ask(pathname)).answer.statusCode, 200);
  });

  it("is shut where the settings open none: Trino refuses what came by a proxy", async () => {
    await trino.stop();
    const [text] = [readFileSync(join(run?.folder ?? "", "trino-coordinator", "etc", "config.properties"), "utf8")];
    match(text, /^http-server\.process-forwarded=true$/m);
    const shut = await ground.with(await ground.rendered.having({ "lakehouse:doors": "{}" }));
    const plain = await startNode(shut, "coordinator", "trino-without");
    const { answer, text: told } = await ask("/v1/statement", "POST", "select 1");
    deepEqual([answer.statusCode, told.includes("X-Forwarded")], [406, true], told);
    await plain.stop();
  });
});
