import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PROJECT_FOLDER } from "../../../cli/project";
import { readStackFile } from "../../../cli/stack-file";
import { jarFile, jarUrl, MISSING_JARS } from "../../../components/core/jars";
import { jars, MAVEN_CENTRAL } from "../../../components/core/versions";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { contained } from "../../../sandbox/engines/contained";
import { obtain, type Tools } from "../../../sandbox/engines/obtain";
import { type Container, Rendered } from "../../../sandbox/engines/rendered";

const MIRROR = "http://repo.lan:8081/maven";
const SERVER = "libraries.lakehouse-storage.svc";
const ADDRESS = "http://127.0.0.1:8080";
const NAMES = [...new Set(Object.values(MISSING_JARS).flat())];
const KINDS = ["Deployment", "StatefulSet", "Job", "CronJob", "SparkApplication", "FlinkDeployment"];

type Mounted = Container & { readonly volumeMounts: readonly { readonly mountPath: string }[] };

/** Every init container below a value, with the path that leads to it. */
function* initContainers(value: unknown, at: string): Generator<readonly [string, Mounted]> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value as Record<string, unknown>)) {
    if (key === "initContainers") for (const one of inner as Mounted[]) yield [`${at} ${one.name}`, one];
    else yield* initContainers(inner, /^(driver|executor|jobManager|taskManager)$/.test(key) ? `${at} (${key})` : at);
  }
}

describe("a start with the outside world away", () => {
  let rendered: Rendered;
  let tools: Tools;
  let folder: string;
  let world: Server | undefined;
  let nginx: ChildProcess | undefined;
  let asked: string[] = [];

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") {
      console.error("no network namespace can be made here: nothing would be away");
      this.skip();
    }
    tools = await obtain(() => undefined, [...NAMES, "nginx", "busybox"]);
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const cluster = JSON.parse(config.values["lakehouse:cluster"] ?? "{}") as object;
    const values = { ...config.values, "lakehouse:cluster": JSON.stringify({ ...cluster, mavenMirror: MIRROR }) };
    rendered = await Rendered.of("dev", undefined, { ...config, values });
    folder = mkdtempSync(join(tmpdir(), "lakehouse-start-"));
    for (const each of ["volume", "conf", "tmp", "bin"]) mkdirSync(at(each));
    writeFileSync(at("hosts"), `127.0.0.1 localhost ${SERVER} repo.lan\n`);
    // The image's tools are BusyBox's; curl and nginx are programs of their own.
    for (const applet of ["cmp", "grep", "mv", "rm", "sha256sum"])
      symlinkSync(join(tools.busybox, "busybox"), at(join("bin", applet)));
    for (const [name, text] of Object.entries(rendered.configMap("libraries-server-conf")))
      writeFileSync(at(join("conf", name)), text);
  });
  after(async () => {
    await close();
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const at = (name: string) => join(folder, name);

  /** A Maven repository on the port of the mirror's URL: a stand-in for the world. */
  async function open(): Promise<void> {
    const files = new Map(NAMES.map((name) => [new URL(jarUrl(MIRROR, jars[name])).pathname, tools[name]]));
    world = createServer(({ url = "" }, response) => {
      asked.push(url);
      const file = files.get(url);
      if (file === undefined) response.writeHead(404).end();
      else createReadStream(file).pipe(response);
    });
    await new Promise<void>((resolve) => world?.listen(8081, "127.0.0.1", resolve));
  }

  async function close(): Promise<void> {
    const closing = world;
    world = undefined;
    if (closing === undefined) return;
    closing.closeAllConnections();
    await new Promise((resolve) => closing.close(resolve));
  }

  const line = (container: Container, mounts: Readonly<Record<string, string>>, user: number) =>
    contained(container, { mounts, hosts: at("hosts"), programs: { "/bin/sh": join(tools.busybox, "busybox") }, user });
  const env = (container: Container) => ({
    ...rendered.env(container),
    PATH: [at("bin"), tools.nginx, process.env.PATH].join(":"),
  });

  /** Runs a container to its end, with this machine's network. */
  async function ended(container: Container, mounts: Readonly<Record<string, string>>, user: number) {
    const [program, ...args] = line(container, mounts, user);
    const child = spawn(program, args, { env: env(container), stdio: ["ignore", "pipe", "pipe"], timeout: PATIENCE });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (said += text.toString()));
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, said };
  }

  const serverMounts = () => ({ "/srv/libraries": at("volume"), "/opt/lakehouse/conf": at("conf"), "/tmp": at("tmp") });
  const obtainAll = () => ended(rendered.container("StatefulSet", "libraries-server", "obtain"), serverMounts(), 101);

  async function serve(): Promise<void> {
    const container = rendered.container("StatefulSet", "libraries-server", "nginx");
    const [program, ...args] = line(container, serverMounts(), 101);
    nginx = spawn(program, args, { env: env(container), stdio: "ignore" });
    await until("the server of libraries is ready", () =>
      fetch(`${ADDRESS}/SHA256SUMS`).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
  }

  async function stop(): Promise<void> {
    const stopping = nginx;
    nginx = undefined;
    if (stopping === undefined) return;
    const over = new Promise((resolve) => stopping.once("close", resolve));
    stopping.kill("SIGQUIT");
    await over;
  }

  const fetchers = () =>
    KINDS.flatMap((kind) =>
      rendered
        .objects<{ metadata: { name: string } }>(kind)
        .flatMap((object) => [...initContainers(object, `${kind} ${object.metadata.name}`)]),
    ).filter(([, { name }]) => name === "fetch-jars");

  /** Runs an init step in directories of its own; what stands in the libraries' directory after it. */
  async function start(container: Mounted) {
    const home = mkdtempSync(at("pod-"));
    const mounts = Object.fromEntries(
      container.volumeMounts.map(({ mountPath }, index) => {
        const own = join(home, String(index));
        mkdirSync(own);
        return [mountPath, own];
      }),
    );
    const begin = Date.now();
    const outcome = await ended(container, mounts, 1000);
    const files = readdirSync(mounts["/opt/lakehouse/jars"] ?? assert.fail("no directory of libraries"));
    rmSync(home, { recursive: true });
    return { ...outcome, files, seconds: (Date.now() - begin) / 1000 };
  }

  it("has nothing outside that answers", async () => {
    await assert.rejects(fetch(MAVEN_CENTRAL));
  });

  it("obtains every library once from its source, on the port of its URL, and serves them and nothing else", async () => {
    assert.notEqual((await obtainAll()).code, 0, "without its source an empty volume stays empty");
    await open();
    const { code, said } = await obtainAll();
    assert.equal(code, 0, said);
    assert.deepEqual(asked.sort(), NAMES.map((name) => new URL(jarUrl(MIRROR, jars[name])).pathname).sort());
    await serve();
    const status = async (path: string, init?: RequestInit) => (await fetch(`${ADDRESS}${path}`, init)).status;
    assert.deepEqual(
      await Promise.all([
        status("/"),
        status("/../conf/nginx.conf"),
        status("/alive"),
        status(`/${jarFile(jars.awsSdk)}`, { method: "DELETE" }),
      ]),
      [404, 404, 200, 403],
    );
  });

  it("gives each pod what it lacks, in seconds, by its own init step", async function () {
    await close();
    const all = fetchers();
    assert.deepEqual(
      [...new Set(all.map(([where]) => where.replace(/ (fetch-jars|spark-\S+)$/, "").split(" ")[0]))].sort(),
      ["Deployment", "FlinkDeployment", "Job", "SparkApplication"],
    );
    const scripts = new Map(
      all.map(([where, container]) => [container.args?.join("\n") ?? "", [where, container] as const]),
    );
    for (const [where, container] of scripts.values()) {
      const { code, said, files, seconds } = await start(container);
      assert.equal(code, 0, `${where}: ${said}`);
      assert.ok(files.length > 0 && files.every((file) => said.includes(`${file}: OK`)), said);
      console.log(`      ${where}: ${String(files.length)} libraries in ${seconds.toFixed(1)} s`);
    }
  });

  it("serves again at once after a restart, from its volume", async () => {
    await stop();
    asked = [];
    const { code, said } = await obtainAll();
    assert.equal(code, 0, said);
    assert.deepEqual(asked, []);
    await serve();
  });

  it("waits for a server that comes up after it", async () => {
    await stop();
    const [, container] = fetchers().find(([where]) => where.startsWith("Job metastore-tasks-schema")) ?? assert.fail();
    const waiting = start(container);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await serve();
    assert.equal((await waiting).code, 0);
  });

  it("takes no file that was damaged; the server obtains it again when it starts and its source answers", async () => {
    const [, container] = fetchers().find(([where]) => where.startsWith("Job metastore-tasks-schema")) ?? assert.fail();
    appendFileSync(at(join("volume", jarFile(jars.postgresJdbc))), "x");
    const damaged = await start(container);
    assert.notEqual(damaged.code, 0);
    assert.match(damaged.said, /FAILED/);
    await stop();
    assert.notEqual((await obtainAll()).code, 0);
    await open();
    assert.equal((await obtainAll()).code, 0);
    await serve();
    assert.equal((await start(container)).code, 0);
  });
});
