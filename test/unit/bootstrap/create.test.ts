import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { until } from "../../../sandbox/core/until";
import { temporary } from "../../support/temporary";
import { lakehouse, ROOT } from "../cli/command";

const STANDIN = join(__dirname, "standin");
const TOOLS = ["docker", "kind", "kubectl", "helm"];

/** A machine with stand-ins for the tools, and nothing else on its PATH but the shell's. */
function machine(tools: readonly string[] = TOOLS) {
  const folder = temporary("cluster");
  const [bin, state, out] = ["bin", "state", "out"].map((name) => join(folder, name)) as [string, string, string];
  for (const each of [bin, state]) mkdirSync(each);
  for (const name of tools) symlinkSync(join(STANDIN, "tool.sh"), join(bin, name));
  // The stand-ins' own tools, without any of the real ones.
  for (const name of ["sh", "basename", "cat", "ls", "sed", "grep", "mkdir", "rm", "touch", "sleep"])
    symlinkSync(
      ["/usr/bin", "/bin"].map((at) => join(at, name)).find((path) => existsSync(path)) ?? "",
      join(bin, name),
    );
  const env = { PATH: bin, STATE: state, HOME: folder };
  const at = (name: string) => join(state, name);
  return {
    env,
    out,
    /** Something that the stand-ins look for. */
    set: (name: string, text = "") => {
      writeFileSync(at(name), text);
    },
    unset: (name: string) => {
      rmSync(at(name), { force: true });
    },
    has: (name: string) => existsSync(at(name)),
    /** Calls since the last time, without the paths of this run. */
    calls: (): string[] => {
      const text = existsSync(at("calls")) ? readFileSync(at("calls"), "utf8") : "";
      rmSync(at("calls"), { force: true });
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.replaceAll(join(out, "dev.cluster"), "<folder>"));
    },
    create: () => {
      const child = spawn(
        process.execPath,
        ["-r", join(ROOT, "scripts", "register.js"), join(STANDIN, "create.ts"), out],
        { cwd: ROOT, env },
      );
      const text = { stdout: "", stderr: "" };
      child.stdout.on("data", (chunk: Buffer) => (text.stdout += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (text.stderr += chunk.toString()));
      const ended = new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
        child.once("close", (status) => {
          resolve({ status, ...text });
        });
      });
      return { child, ended };
    },
  };
}

/** Calls that change something. */
const changing = (calls: readonly string[]) =>
  calls.filter((call) => / (create|delete|apply|upgrade|uninstall|rollback|export) /.test(`${call} `));

const KUBECTL = "kubectl --context=kind-lakehouse";
const APPLY = `${KUBECTL} apply --server-side --force-conflicts --field-manager=lakehouse -f`;
const noted = (key: string) => `${KUBECTL} apply --server-side --field-manager=lakehouse-${key} -f -`;
const HELM = "helm --kube-context=kind-lakehouse";
const INSTALL = {
  openebs: `${HELM} upgrade --install openebs openebs --version=4.5.1 --repo=https://openebs.github.io/openebs --namespace=openebs --create-namespace --values=<folder>/openebs.values.yaml --wait --timeout=10m`,
};
const INSTALLS = [
  ...[`${APPLY} -`, noted("canal")],
  ...[`${APPLY} -`, noted("gateway-api")],
  ...[INSTALL.openebs, noted("openebs")],
  ...[`${APPLY} <folder>/storage-classes.yaml`, noted("storage-classes")],
];
const CREATE = "kind create cluster --config=kind.yaml --wait=0s";
const DELETE = "kind delete cluster --name=lakehouse";

describe("lakehouse cluster create", () => {
  it("makes nodes, network and storage in their order, and changes nothing the second time", async () => {
    const here = machine();
    const first = await here.create().ended;
    assert.deepEqual([first.status, first.stderr.split("\n").length], [0, 6], first.stderr);
    const calls = here.calls();
    assert.deepEqual(changing(calls), [CREATE, ...INSTALLS]);
    const network = calls.indexOf(`${KUBECTL} wait --for=condition=Ready nodes --all --timeout=10m`);
    assert.ok(network > calls.indexOf(CREATE) && network < calls.indexOf(noted("canal")));
    assert.match(first.stderr, /^✔ kind cluster lakehouse, 2 nodes/m);
    assert.match(
      first.stdout,
      /the cluster of dev is ready\n.*kind-lakehouse.*\n.*pulumi up -s dev --policy-pack policies\n$/,
    );
    const second = await here.create().ended;
    assert.deepEqual([second.status, changing(here.calls())], [0, []]);
    assert.match(second.stdout, /nothing was changed/);
    assert.match(second.stderr, /^· Canal v3\.32\.1 is there$/m);
  });

  it("makes a cluster anew whose creation was killed, and goes on after a failure", async () => {
    const here = machine();
    here.set("slow");
    const killed = here.create();
    await until("kind is at work", () => Promise.resolve(here.has("started")));
    killed.child.kill("SIGKILL");
    await killed.ended;
    assert.deepEqual(changing(here.calls()), [CREATE]);
    here.unset("slow");
    here.set("broken");
    const { status, stderr } = await here.create().ended;
    assert.deepEqual(
      [status, stderr],
      [
        1,
        "kind create cluster: ERROR: failed to create cluster: no space left on device; repeat the command to go on\n",
      ],
    );
    assert.deepEqual(changing(here.calls()), [DELETE, CREATE]);
    here.unset("broken");
    assert.equal((await here.create().ended).status, 0);
    assert.deepEqual(changing(here.calls()), [DELETE, CREATE, ...INSTALLS]);
  });

  it("takes up a chart that a killed run has left under way, and installs what is not noted", async () => {
    const here = machine();
    await here.create().ended;
    here.calls();
    rmSync(join(here.env.STATE, "record", "openebs"));
    writeFileSync(join(here.env.STATE, "helm", "openebs"), "pending-install");
    assert.equal((await here.create().ended).status, 0);
    assert.deepEqual(changing(here.calls()), [
      `${HELM} uninstall openebs --namespace=openebs --wait`,
      INSTALL.openebs,
      noted("openebs"),
    ]);
  });

  it("leaves a cluster alone that has other nodes or was made from other settings", async () => {
    const here = machine();
    await here.create().ended;
    const file = join(here.out, "dev.cluster", "kind.yaml.made");
    writeFileSync(file, "name: another\n");
    here.calls();
    const { status, stderr } = await here.create().ended;
    assert.equal(status, 1);
    assert.match(
      stderr,
      /^kind cluster lakehouse was made from other settings .*; delete it by lakehouse cluster delete, and create it again\n$/,
    );
    assert.deepEqual(changing(here.calls()), []);
  });
});

describe("what lakehouse cluster needs", () => {
  const run = (here: ReturnType<typeof machine>, ...args: string[]) =>
    lakehouse(["cluster", ...args, "-s", "dev", "--out", here.out], { env: here.env }).ended;

  it("is told in a line for each tool that is missing, before anything is written", async () => {
    const here = machine([]);
    const { status, stdout, stderr } = await run(here, "create");
    assert.deepEqual([status, stdout], [2, ""]);
    assert.deepEqual(
      stderr.split("\n").map((line) => line.split(":")[0]),
      ["no container engine", "kind", "kubectl", "helm", ""],
    );
    assert.match(
      stderr,
      /^kind: not found; makes the nodes; needed: v0\.32\.0 or later \(go install sigs\.k8s\.io\/kind@v0\.32\.0, or/m,
    );
    assert.ok(!existsSync(here.out));
  });

  it("is told of tools that are too old, and of an engine that does not answer", async () => {
    const here = machine();
    here.set("kind-version", "v0.24.0");
    here.set("no-engine");
    const { status, stderr } = await run(here, "create");
    assert.equal(status, 2);
    assert.deepEqual(stderr.trim().split("\n"), [
      "docker: found, but no engine answers; start it (docker info: Cannot connect to the Docker daemon)",
      "kind: v0.24.0 found; needed: v0.32.0 or later (go install sigs.k8s.io/kind@v0.32.0, or https://kind.sigs.k8s.io)",
    ]);
  });

  it("is nothing for the files, and --yes for a removal", async () => {
    const here = machine([]);
    const rendered = await run(here, "render");
    assert.equal(rendered.status, 0, rendered.stderr);
    assert.deepEqual(
      rendered.stdout.trim().split("\n"),
      ["kind.yaml", "openebs.values.yaml", "storage-classes.yaml"].map((name) => join(here.out, "dev.cluster", name)),
    );
    const { status, stderr } = await run(here, "delete");
    assert.deepEqual(
      [status, stderr],
      [2, "delete removes the cluster of dev with everything that is stored in it; add --yes\n"],
    );
  });

  it("is one line for each wrong flag", async () => {
    const here = machine([]);
    const { status, stderr } = await run(here, "render", "--provider", "vagrant", "--control-planes", "2");
    assert.deepEqual(
      [status, stderr.trim().split("\n")],
      [2, ['--provider: given "vagrant"; allowed: kind, capi', '--control-planes: given "2"; allowed: 1, 3, 5 or 7']],
    );
  });
});
