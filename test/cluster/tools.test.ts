import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { pins } from "../../components/pins";
import { freePorts } from "../../sandbox/core/ports";
import { MissingTool, obtain } from "../../sandbox/control-plane/obtain";
import { minorOf, pinned, TOOLS, versionOf } from "../../sandbox/control-plane/tools";

const PROGRAM = "#!/bin/sh\necho a program\n";
const platform = `${process.platform}/${process.arch === "x64" ? "amd64" : process.arch}`;
const sum = (algorithm: string, content: Buffer | string) => createHash(algorithm).update(content).digest("hex");

/** A server on loopback stands in for upstream: the search is proven, not that upstream has the files. */
describe("a tool of the control plane", () => {
  let folder: string;
  let server: Server;
  let base: string;
  let files: Record<string, Buffer | string>;
  let requests: string[];
  const lines: string[] = [];
  // Without Go nothing is built.
  const environment = () => ({ PATH: join(folder, "bin"), LAKEHOUSE_CACHE: join(folder, "cache") });
  const published = () => ({ envtest: `${base}/envtest.yaml`, release: base });
  const options = () => ({
    environment: environment(),
    published: published(),
    say: (line: string) => lines.push(line),
  });
  const cached = (name: keyof typeof TOOLS) =>
    join(folder, "cache", "tools", `${TOOLS[name].pins}-${versionOf(TOOLS[name])}`, name);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "lakehouse-tools-"));
    mkdirSync(join(folder, "bin"));
    files = {};
    requests = [];
    server = createServer(({ url = "" }, response) => {
      requests.push(url);
      const content = files[url];
      response.writeHead(content === undefined ? 404 : 200).end(content);
    });
    const { port } = await freePorts("port");
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${String(port)}`;
  });
  afterEach(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  const program = (path: string, content = PROGRAM) => {
    writeFileSync(path, content);
    chmodSync(path, 0o755);
    return path;
  };

  it("comes from the given folder first", async () => {
    const given = program(join(folder, "kube-scheduler"));
    program(join(folder, "bin", "kube-scheduler"), "#!/bin/sh\necho Kubernetes v1.36.0\n");
    assert.equal(await obtain("kube-scheduler", { ...options(), given: folder }), given);
  });

  it("comes from the PATH if its minor version is the pinned one", async () => {
    const minor = minorOf(versionOf(TOOLS["kube-scheduler"]));
    const found = program(join(folder, "bin", "kube-scheduler"), `#!/bin/sh\necho Kubernetes v${String(minor)}.9\n`);
    assert.equal(await obtain("kube-scheduler", options()), found);
  });

  it("does not come from the PATH with another minor version", async () => {
    program(join(folder, "bin", "kube-scheduler"), "#!/bin/sh\necho Kubernetes v1.29.3\n");
    await assert.rejects(obtain("kube-scheduler", options()), MissingTool);
  });

  it("is downloaded once and checked against the published sum", async () => {
    const path = `/${versionOf(TOOLS["kube-scheduler"])}/bin/${platform}/kube-scheduler`;
    files = { [path]: PROGRAM, [`${path}.sha256`]: sum("sha256", PROGRAM) };
    assert.equal(await obtain("kube-scheduler", options()), cached("kube-scheduler"));
    assert.equal(execFileSync(cached("kube-scheduler"), { encoding: "utf8" }), "a program\n");
    files = {};
    assert.equal(await obtain("kube-scheduler", options()), cached("kube-scheduler"));
  });

  it("is downloaded once for two simultaneous requests", async () => {
    const path = `/${versionOf(TOOLS["kube-scheduler"])}/bin/${platform}/kube-scheduler`;
    files = { [path]: PROGRAM, [`${path}.sha256`]: sum("sha256", PROGRAM) };
    const both = await Promise.all([obtain("kube-scheduler", options()), obtain("kube-scheduler", options())]);
    assert.deepEqual(both, [cached("kube-scheduler"), cached("kube-scheduler")]);
    assert.equal(requests.filter((url) => url === path).length, 1);
  });

  it("is refused with a wrong sum, and leaves no file", async () => {
    const path = `/${versionOf(TOOLS["kube-scheduler"])}/bin/${platform}/kube-scheduler`;
    files = { [path]: "something else", [`${path}.sha256`]: sum("sha256", PROGRAM) };
    await assert.rejects(obtain("kube-scheduler", options()), /its sha256 is .* Refused/);
    assert.deepEqual(readdirSync(join(cached("kube-scheduler"), "..")), []);
  });

  it("comes from envtest's newest archive of the pinned minor version", async () => {
    const minor = String(minorOf(pinned("kubernetes", "k8s.io/kubernetes")));
    mkdirSync(join(folder, "controller-tools", "envtest"), { recursive: true });
    program(join(folder, "controller-tools", "envtest", "etcd"));
    const name = `envtest-v${minor}.10-${platform.replace("/", "-")}.tar.gz`;
    execFileSync("tar", ["-czf", name, "controller-tools"], { cwd: folder });
    const archive = readFileSync(join(folder, name));
    const entry = (version: string, hash: string) =>
      `  v${version}:\n    envtest-v${version}-${platform.replace("/", "-")}.tar.gz: {hash: ${hash}, selfLink: "${base}/${name}"}\n`;
    files = {
      "/envtest.yaml": `releases:\n${entry(`${minor}.10`, sum("sha512", archive))}${entry(`${minor}.9`, "no")}${entry("1.29.0", "no")}`,
      [`/${name}`]: archive,
    };
    assert.equal(await obtain("etcd", options()), cached("etcd"));
    assert.equal(readFileSync(cached("etcd"), "utf8"), PROGRAM);
  });

  it("fails with a list of all attempts if it cannot be obtained", async () => {
    server.close();
    await assert.rejects(obtain("kube-controller-manager", options()), {
      name: "MissingTool",
      message: `kube-controller-manager ${versionOf(TOOLS["kube-controller-manager"])} cannot be obtained: ${base} does not answer; no Go to build it with`,
    });
    assert.ok(!existsSync(cached("kube-controller-manager")));
  });

  it("has the version that the stack installs, if it is an operator", () => {
    assert.equal(versionOf(TOOLS["cloudnative-pg"]), `v${pins.cloudNativePg.version}`);
    assert.equal(versionOf(TOOLS["spark-operator"]), `v${pins.sparkOperator.version}`);
    assert.equal(
      pinned("definitions", "github.com/cloudnative-pg/plugin-barman-cloud"),
      `v${pins.barmanPlugin.version}`,
    );
  });
});
