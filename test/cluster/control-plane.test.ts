import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";

import { isCustomGroup } from "../../policies/core/groups";
import { Api } from "../../sandbox/control-plane/api";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { definitionsFor, establish } from "../../sandbox/control-plane/crds";
import { TOOLS, versionOf } from "../../sandbox/control-plane/tools";
import { until } from "../../sandbox/core/until";
import { started } from "./stacks";

const ROOT = join(__dirname, "..", "..");

/** Whether a process listens at the address of an ended API server. */
function listens(server: string): Promise<boolean> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(server);
    const socket = connect(Number(port), hostname);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}

describe("a control plane", () => {
  it("is the pinned Kubernetes; two at once are isolated from each other, and leave nothing behind", async function () {
    const planes: ControlPlane[] = [];
    try {
      planes.push(...(await Promise.all([started(this), started(this)])));
      const [one, other] = planes;
      assert.ok(one && other);
      const version = await one.api.must<{ readonly gitVersion: string }>("GET", "/version");
      assert.equal(version.gitVersion, versionOf(TOOLS["kube-apiserver"]));
      const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "only-here" } };
      await one.api.create(namespace);
      assert.ok(await one.api.get(namespace));
      assert.equal(await other.api.get(namespace), undefined);
      // Requests without the token are refused, and only the owner can read the token's file.
      const stranger = new Api({ ...one.api.access, token: "guessed" });
      assert.equal((await stranger.call("GET", "/api/v1/secrets")).status, 401);
      stranger.close();
      assert.equal(statSync(one.kubeconfig).mode & 0o077, 0);
    } finally {
      await Promise.all(planes.map((plane) => plane.end()));
    }
    for (const { kubeconfig, api } of planes) {
      assert.ok(!existsSync(dirname(kubeconfig)));
      assert.equal(await listens(api.access.server), false);
    }
  });
});

describe("CRDs", () => {
  const CUSTOM = [
    { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute" },
    { apiVersion: "kueue.x-k8s.io/v1beta2", kind: "ClusterQueue" },
    { apiVersion: "policy.networking.k8s.io/v1alpha2", kind: "ClusterNetworkPolicy" },
  ];

  it("are loaded for every group that the API server does not serve itself, and for no other", async function () {
    const plane = await started(this);
    try {
      const groups = new Set(
        (await plane.api.allResources()).map(({ apiVersion }) => apiVersion.replace(/\/?v[^/]*$/, "")),
      );
      assert.deepEqual([...groups].filter(isCustomGroup), []);
      const definitions = await definitionsFor(CUSTOM);
      assert.deepEqual(
        definitions.map(({ kind }) => kind),
        CUSTOM.map(({ kind }) => kind),
      );
      const own = [
        { apiVersion: "v1", kind: "Pod" },
        { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy" },
      ];
      assert.deepEqual(await definitionsFor(own), []);
      await establish(plane.api, definitions);
      for (const { apiVersion, kind } of CUSTOM)
        assert.ok(
          (await plane.api.resources(apiVersion)).some((each) => each.kind === kind),
          kind,
        );
    } finally {
      await plane.end();
    }
  });
});

describe("npm run sandbox", () => {
  it("shows the node of each pod of homelab, waits for Ctrl-C, and leaves nothing behind", async function () {
    // Skips if the tools cannot be obtained.
    await (await started(this)).end();
    const command = spawn(process.execPath, [join(ROOT, "bin", "lakehouse.js"), "sandbox", "--stack", "homelab"], {
      stdio: ["ignore", "pipe", "pipe"],
      // CI variables would turn colours on.
      env: { ...process.env, NO_COLOR: "1" },
    });
    const ended = once(command, "exit");
    let [out, errors] = ["", ""];
    command.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    command.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    try {
      await until("it says how to use it", () => Promise.resolve(out.includes("Ctrl-C") || command.exitCode !== null), {
        explain: () => Promise.resolve(out + errors),
      });
      assert.match(out, /^✔ \d+ of \d+ pods of homelab have a node, as in the plan\n/, out + errors);
      assert.match(out, /k8s-3 +│ executors +│ spark-executor\* × 4 · trino-worker/);
      const kubeconfig = /KUBECONFIG=(\S+)/.exec(out)?.[1] ?? "";
      assert.ok(existsSync(kubeconfig), kubeconfig);
      command.kill("SIGINT");
      assert.deepEqual(await ended, [0, null]);
      assert.ok(!existsSync(dirname(kubeconfig)));
    } finally {
      command.kill("SIGKILL");
    }
  });
});
