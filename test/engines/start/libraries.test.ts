import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  createReadStream,
  existsSync,
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

import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { stackFacts } from "../../../components/facts";
import { jarFile, jarUrl } from "../../../components/core/jars";
import { isIncomplete } from "../../../components/core/pins";
import { MAVEN_CENTRAL } from "../../../components/core/versions";
import { allPins, pins } from "../../../components/pins";
import { stackSettings } from "../../../preview/plan";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { contained } from "../../../sandbox/engines/contained";
import { obtain, type Tools } from "../../../sandbox/engines/obtain";
import { type Container, Rendered } from "../../../sandbox/engines/rendered";
import { shippedConfig } from "../../support/stacks";

const MIRROR = "http://repo.lan:8081/maven";
const SERVER = "libraries.lakehouse-storage.svc";
const ADDRESS = "http://127.0.0.1:8080";
/** What images lack of which dev's pods need something: some are for formats and systems that it has not. */
const MISSING = (() => {
  const fetched = new Set(stackFacts(stackSettings(shippedConfig("dev"))).libraries.map(({ artifact }) => artifact));
  const lacking = new Set(allPins.filter(isIncomplete).flatMap(({ lacks }) => lacks));
  return [...lacking].filter(({ jar }) => fetched.has(jar.artifact));
})();
const KINDS = ["Deployment", "StatefulSet", "Job", "CronJob", "SparkApplication", "FlinkDeployment"];

type Mounted = Container & { readonly volumeMounts: readonly { readonly mountPath: string }[] };

/** Every init container in a value, with its path. */
function* initContainers(value: unknown, at: string): Generator<readonly [string, Mounted]> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value as Record<string, unknown>)) {
    if (key === "initContainers") for (const one of inner as Mounted[]) yield [`${at} ${one.name}`, one];
    else yield* initContainers(inner, /^(driver|executor|jobManager|taskManager)$/.test(key) ? `${at} (${key})` : at);
  }
}

describe("a start without network", () => {
  let rendered: Rendered;
  let tools: Tools;
  let folder: string;
  let world: Server | undefined;
  let nginx: ChildProcess | undefined;
  let requested: string[] = [];

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") {
      console.error("this machine allows no network namespace, so the test would have network");
      this.skip();
    }
    tools = await obtain(() => undefined, [...MISSING.map(({ name }) => name as keyof Tools), "nginx", "busybox"]);
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const cluster = JSON.parse(config.values["lakehouse:cluster"] ?? "{}") as object;
    const values = { ...config.values, "lakehouse:cluster": JSON.stringify({ ...cluster, mavenMirror: MIRROR }) };
    rendered = await Rendered.of("dev", undefined, { ...config, values });
    folder = mkdtempSync(join(tmpdir(), "lakehouse-start-"));
    for (const each of ["volume", "conf", "tmp", "bin"]) mkdirSync(at(each));
    writeFileSync(at("hosts"), `127.0.0.1 localhost ${SERVER} repo.lan\n`);
    // BusyBox has the image's tools, except for curl and nginx.
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

  /** A Maven repository on the port of the mirror's URL; stands in for Maven Central. */
  async function open(): Promise<void> {
    const files = new Map(
      MISSING.map(({ name, jar }) => [new URL(jarUrl(MIRROR, jar)).pathname, tools[name as keyof Tools]]),
    );
    world = createServer(({ url = "" }, response) => {
      requested.push(url);
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

  /** Runs a container with this machine's network until it ends. */
  async function ended(container: Container, mounts: Readonly<Record<string, string>>, user: number) {
    const [program, ...args] = line(container, mounts, user);
    const child = spawn(program, args, { env: env(container), stdio: ["ignore", "pipe", "pipe"], timeout: PATIENCE });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: Buffer) => (output += text.toString()));
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, output };
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

  /** Runs an init container in directories of its own. Returns the files in the libraries' directory after it. */
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

  it("has no network beyond this machine", async () => {
    await assert.rejects(fetch(MAVEN_CENTRAL));
  });

  it("downloads every library once, on the port of its URL, and serves the libraries and nothing else", async () => {
    assert.notEqual((await obtainAll()).code, 0, "without its source an empty volume stays empty");
    await open();
    const { code, output } = await obtainAll();
    assert.equal(code, 0, output);
    assert.deepEqual(requested.sort(), MISSING.map(({ jar }) => new URL(jarUrl(MIRROR, jar)).pathname).sort());
    await serve();
    const status = async (path: string, init?: RequestInit) => (await fetch(`${ADDRESS}${path}`, init)).status;
    assert.deepEqual(
      await Promise.all([
        status("/"),
        status("/../conf/nginx.conf"),
        status("/alive"),
        status(`/${jarFile(pins.awsSdk.jar)}`, { method: "DELETE" }),
      ]),
      [404, 404, 200, 403],
    );
  });

  it("answers IPv4 and IPv6 clients, if this machine has both", async function () {
    if (!existsSync("/proc/net/if_inet6")) this.skip();
    const sums = await Promise.all(
      [ADDRESS, "http://[::1]:8080"].map((address) => fetch(`${address}/SHA256SUMS`).then((one) => one.text())),
    );
    assert.ok(sums[0]?.includes(jarFile(pins.awsSdk.jar)));
    assert.equal(sums[1], sums[0]);
  });

  it("gives each pod its libraries within seconds through the pod's init container", async function () {
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
      const { code, output, files, seconds } = await start(container);
      assert.equal(code, 0, `${where}: ${output}`);
      assert.ok(files.length > 0 && files.every((file) => output.includes(`${file}: OK`)), output);
      console.log(`      ${where}: ${String(files.length)} libraries in ${seconds.toFixed(1)} s`);
    }
  });

  it("serves from its volume immediately after a restart", async () => {
    await stop();
    requested = [];
    const { code, output } = await obtainAll();
    assert.equal(code, 0, output);
    assert.deepEqual(requested, []);
    await serve();
  });

  it("lets a pod wait for a server that starts later", async () => {
    await stop();
    const [, container] = fetchers().find(([where]) => where.startsWith("Job metastore-tasks-schema")) ?? assert.fail();
    const waiting = start(container);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await serve();
    assert.equal((await waiting).code, 0);
  });

  it("rejects a damaged file, which the server downloads again when it restarts", async () => {
    const [, container] = fetchers().find(([where]) => where.startsWith("Job metastore-tasks-schema")) ?? assert.fail();
    appendFileSync(at(join("volume", jarFile(pins.postgresJdbc.jar))), "x");
    const damaged = await start(container);
    assert.notEqual(damaged.code, 0);
    assert.match(damaged.output, /FAILED/);
    await stop();
    assert.notEqual((await obtainAll()).code, 0);
    await open();
    assert.equal((await obtainAll()).code, 0);
    await serve();
    assert.equal((await start(container)).code, 0);
  });
});
