import assert from "node:assert/strict";

import { type Quota, quotas } from "../../components/cluster/quotas";
import { selector } from "../../components/core/labels";
import { groupName, type PodGroup } from "../../components/core/pod-group";
import { GiB } from "../../components/core/quantity";
import type { Api, KubernetesObject } from "../../sandbox/control-plane/api";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { applyAll } from "../../sandbox/control-plane/deploy";
import { simulatedNode } from "../../sandbox/control-plane/nodes";
import { pods } from "../../sandbox/control-plane/pods";
import type { Stack } from "../../sandbox/control-plane/stack";
import { standInPod } from "../../sandbox/control-plane/stand-ins";
import { until } from "../../sandbox/core/until";
import { edited, stack, STACKS, started } from "./stacks";

/** Kinds that quotas need. Pods are made by the test, so that no controller hides a refusal. */
const BOUNDS = ["Namespace", "PriorityClass", "LimitRange", "ResourceQuota"];

const podOf = (group: PodGroup, index: number | string, namespace = group.namespace): KubernetesObject => {
  const { metadata, spec } = standInPod(group);
  const name = `${groupName(group)}-${String(index)}`;
  return { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, name, namespace }, spec };
};

/** True if the API server admits a pod, else its error. */
async function admitted(api: Api, pod: KubernetesObject): Promise<true | string> {
  const path = `/api/v1/namespaces/${pod.metadata.namespace ?? ""}/pods`;
  const { status, body } = await api.call<{ readonly message?: string }>("POST", path, pod);
  return status === 201 ? true : `${String(status)} ${body.message ?? ""}`;
}

const quotaObject = ({ name, namespace, scope, hard }: Quota): KubernetesObject => ({
  apiVersion: "v1",
  kind: "ResourceQuota",
  metadata: { name, namespace },
  spec: {
    hard: { ...hard },
    ...(scope === undefined ? {} : { scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", ...scope }] } }),
  },
});

describe("the quotas of", () => {
  const stacks: readonly (readonly [string, () => Promise<Stack>])[] = [
    ...STACKS.map((name) => [name, () => stack(name)] as const),
    ["dev with backups", () => edited("dev", "storage", "postgres.backup", { plugin: "existing" })],
    ["homelab with one instance", () => edited("homelab", "storage", "postgres.server", { replicas: 1 })],
  ];
  let plane: ControlPlane;
  beforeEach(async function () {
    plane = await started(this);
  });
  afterEach(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  for (const [name, planned] of stacks) {
    it(`${name} admit every pod with its sidecars and the additions of a roll and an operator, and not one more`, async () => {
      const { api } = plane;
      const { objects, groups } = await planned();
      await applyAll(
        api,
        objects.filter(({ kind }) => BOUNDS.includes(kind)),
      );
      const namespaces = new Set(
        objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name),
      );
      const ours = groups.filter(({ namespace, origin }) => namespaces.has(namespace) && origin === "deployed");
      for (const group of ours) {
        for (let index = 0; index < group.replicas + (group.surge ?? 0); index++)
          assert.equal(await admitted(api, podOf(group, index)), true, groupName(group));
      }
      for (const group of ours) {
        assert.match(String(await admitted(api, podOf(group, "more"))), /^403 .*exceeded quota: /, groupName(group));
      }
      for (const namespace of namespaces) {
        const { priorityClass: _, ...stranger } = ours[0] ?? assert.fail();
        const refusal = await admitted(api, podOf(stranger, "stranger", namespace));
        assert.match(String(refusal), /^403 .*exceeded quota: needs-priority-class/, namespace);
      }
    });
  }
});

/** One simulated node with room for all cases at once; the quotas are for nodes like homelab's. */
const MACHINE = {
  name: "large",
  pool: "all",
  capacity: { cpu: 4096, memory: 16_384 * GiB },
  system: { cpu: 0, memory: 0 },
  limit: { cpu: 4096, memory: 16_384 * GiB },
};
const NODES = ["k8s-2", "k8s-3"].map((name) => ({ ...MACHINE, name, limit: { cpu: 9.8, memory: 56 * GiB } }));

const KINDS = ["Deployment", "StatefulSet", "chart", "operator"] as const;
const STEPS = [
  ["growing", 20, 24],
  ["shrinking", 24, 20],
  ["shrinking by much", 36, 4],
  ["upgrading", 24, 24],
] as const;

describe("a roll under the quota of the real API server", () => {
  let plane: ControlPlane;
  before(async function () {
    plane = await started(this, { nodes: [simulatedNode(MACHINE)] });
    const value = { value: 100_000, description: "of the test" };
    await plane.api.create({
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name: "lakehouse-serving" },
      ...value,
    });
  });
  after(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  const group = (namespace: string, replicas: number, gibibytes: number): PodGroup => ({
    service: "worker",
    role: "",
    namespace,
    replicas,
    requests: { cpu: 0.5, memory: gibibytes * GiB },
    limits: { cpu: 1, memory: gibibytes * GiB },
    volumes: [],
    pools: ["all"],
    spread: "any",
    lifetime: "always",
    origin: "deployed",
    surge: 1,
    priorityClass: "lakehouse-serving",
  });

  const bound = (of: PodGroup) => applyAll(plane.api, quotas([of], [of.namespace], NODES).map(quotaObject));

  /** @param build changes with each roll, in addition to the size */
  async function roll(kind: (typeof KINDS)[number], of: PodGroup, build: string): Promise<void> {
    const { api } = plane;
    const { metadata, spec } = standInPod(of);
    const template = { metadata: { ...metadata, annotations: { build } }, spec };
    const running = async () =>
      (await pods(api)).filter(({ namespace, phase }) => namespace === of.namespace && phase === "Running");
    if (kind === "operator") {
      // Pods roll one after the other, as with CloudNativePG.
      const names = Array.from({ length: of.replicas }, (_, index) => `worker-${String(index)}`);
      for (const name of names) {
        const pod = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: of.namespace } };
        await api.delete(pod);
        await until("it is gone", async () => (await api.get(pod)) === undefined);
        await api.create({ ...pod, metadata: { ...pod.metadata, ...template.metadata }, spec });
      }
      await until("all run", async () => (await running()).length === of.replicas);
      return;
    }
    const matchLabels = selector(of);
    const common = { replicas: of.replicas, selector: { matchLabels }, template };
    const strategies = {
      Deployment: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
      // Kubernetes' default, for charts without a strategy.
      chart: {},
      StatefulSet: { serviceName: "worker", podManagementPolicy: "Parallel" },
    } as const;
    const object = {
      apiVersion: "apps/v1",
      kind: kind === "chart" ? "Deployment" : kind,
      metadata: { name: "worker", namespace: of.namespace },
      spec: { ...common, ...strategies[kind] },
    };
    await api.apply(object);
    const all = async () => {
      const found = await running();
      return (
        found.length === of.replicas && found.every(({ object: pod }) => pod.metadata.annotations?.build === build)
      );
    };
    await until(`${kind} of ${of.namespace} has rolled`, all, {
      explain: async () => {
        const events = (await api.list("v1", "events")).filter(({ metadata: on }) => on.namespace === of.namespace);
        return JSON.stringify(events.map(({ message }) => message).slice(-3));
      },
    });
  }

  /** An additional copy that an operator makes, after the quota exists. */
  async function copied(of: PodGroup): Promise<void> {
    const copy = podOf(of, "copy");
    let said: true | string = "";
    // A terminating pod still counts.
    await until("a copy is let in", async () => (said = await admitted(plane.api, copy)) === true, {
      explain: () => Promise.resolve(String(said)),
    });
    await plane.api.delete(copy);
    await until("the copy is gone", async () => (await plane.api.get(copy)) === undefined);
  }

  for (const kind of KINDS) {
    for (const replicas of [1, 2, 3]) {
      it(`is admitted for ${kind} × ${String(replicas)}, whether quota or pods change first, and when it is reverted`, async () => {
        await Promise.all(
          STEPS.map(async ([step, before, after]) => {
            const namespace = `${kind.toLowerCase()}-${String(replicas)}-${step.replaceAll(" ", "-")}`;
            await applyAll(plane.api, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }]);
            const [old, fresh] = [group(namespace, replicas, before), group(namespace, replicas, after)];
            await bound(old);
            await roll(kind, old, "first");
            // Quota first: an exact quota would block a shrinking roll.
            await bound(fresh);
            await roll(kind, fresh, "second");
            if (kind === "operator") await copied(fresh);
            // Pods first: an exact quota would block a growing roll.
            await roll(kind, old, "third");
            await bound(old);
            await roll(kind, old, "fourth");
            if (kind === "operator") await copied(old);
          }),
        );
      });
    }
  }

  it("stops at the planned number of pods, whatever the replicas", async () => {
    const of = group("runaway", 2, 1);
    await applyAll(plane.api, [{ apiVersion: "v1", kind: "Namespace", metadata: { name: of.namespace } }]);
    await bound(of);
    await roll("Deployment", of, "first");
    await plane.api.patch(
      { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "worker", namespace: of.namespace } },
      { spec: { replicas: 50 } },
    );
    const inside = async () => (await pods(plane.api)).filter(({ namespace }) => namespace === of.namespace).length;
    const refused = async () =>
      (await plane.api.list("v1", "events")).some(
        ({ metadata, message }) => metadata.namespace === of.namespace && String(message).includes("exceeded quota"),
      );
    await until("it is refused more", refused);
    assert.equal(await inside(), 3);
  });
});
