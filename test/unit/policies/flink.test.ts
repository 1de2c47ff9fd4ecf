import assert from "node:assert/strict";

import { podRequireApiEgress } from "../../../policies/api-access";
import { containerRequireMemoryGuarantee, containerRequireResources } from "../../../policies/budgets";
import { podFitNode } from "../../../policies/capacity";
import { connectionRequirePolicies } from "../../../policies/connections";
import { Resource } from "../../../policies/core/resource";
import { workloads } from "../../../policies/workloads";
import { apiServer, type Json, labels, link, namespace, object, POD_SECURITY, pool, SECURE, size } from "./builders";
import { type Registered, run } from "./runner";

/** A Flink job with two TaskManagers and all its needs. */

const template = (role: string): Json => ({
  metadata: { labels: labels("stream", { "app.kubernetes.io/component": role }) },
  spec: {
    automountServiceAccountToken: true,
    securityContext: POD_SECURITY,
    affinity: pool("general"),
    initContainers: [
      { name: "jars", image: "ghcr.io/shop/jars:1", resources: size("1", "2Gi"), securityContext: SECURE },
    ],
    containers: [{ name: "flink-main-container", securityContext: SECURE }],
    ...(role === "jobmanager" ? { volumes: [{ name: "sql", configMap: { name: "statements" } }] } : {}),
  },
});

function job(over: Json = {}): Registered {
  return object("flink.apache.org/v1beta1:FlinkDeployment", "streams", "stream", {
    spec: {
      image: "docker.io/library/flink:2.0.2",
      flinkVersion: "v2_0",
      mode: "standalone",
      serviceAccount: "flink",
      flinkConfiguration: {
        "taskmanager.numberOfTaskSlots": "2",
        "taskmanager.data.port": "6121",
        "metrics.internal.query-service.port": "6125",
        "high-availability.type": "kubernetes",
        "kubernetes.taskmanager.cpu.limit-factor": "2",
      },
      jobManager: { replicas: 1, resource: { cpu: 1, memory: "2048m" }, podTemplate: template("jobmanager") },
      taskManager: { replicas: 2, resource: { cpu: 2, memory: "4096m" }, podTemplate: template("taskmanager") },
      job: { entryClass: "x.Main", parallelism: 4 },
      ...over,
    },
  });
}

const JOB_MANAGER = { namespace: "streams", name: "jm", labels: { "app.kubernetes.io/component": "jobmanager" } };
const TASK_MANAGER = { namespace: "streams", name: "tm", labels: { "app.kubernetes.io/component": "taskmanager" } };
const OPERATOR = { namespace: "flink", name: "flink-operator", ours: false };

const stack = (of: Registered = job()): Registered[] => [
  ...namespace("streams"),
  of,
  ...link(TASK_MANAGER, JOB_MANAGER, 6123, 6124),
  ...link(JOB_MANAGER, TASK_MANAGER, 6122, 6125),
  ...link(TASK_MANAGER, TASK_MANAGER, 6121),
  ...link(OPERATOR, JOB_MANAGER, 8081),
  apiServer(JOB_MANAGER),
  apiServer(TASK_MANAGER),
];
const without = (name: string) => {
  const all = stack();
  const rest = all.filter((one) => one.name !== `streams/${name}`);
  assert.equal(rest.length, all.length - 1, name);
  return rest;
};

function podsOf(over: Json = {}) {
  return workloads(new Resource({ ...job(over), urn: "job" } as unknown as ConstructorParameters<typeof Resource>[0]));
}
const sizes = (over: Json = {}) =>
  podsOf(over).map(({ role, replicas, containers }) => {
    const main = containers.find(({ name }) => name === "flink-main-container") ?? assert.fail();
    const { requests, limits } = main;
    return [role, replicas, requests.cpu.amount, limits.cpu.amount, requests.memory.amount, limits.memory.amount];
  });
const GiB = 2 ** 30;

describe("pods of a FlinkDeployment", () => {
  it("have the operator's sizes: Flink's unit m is MiB, and CPU limits are a factor", () => {
    assert.deepEqual(sizes(), [
      ["jobmanager", 1, 1, 1, 2 * GiB, 2 * GiB],
      ["taskmanager", 2, 2, 4, 4 * GiB, 4 * GiB],
    ]);
  });

  it("are as many TaskManagers as the parallelism needs, if no number is set", () => {
    const taskManager = { resource: { cpu: 2, memory: "4Gi" }, podTemplate: template("taskmanager") };
    assert.deepEqual(sizes({ taskManager, job: { parallelism: 5 } })[1], ["taskmanager", 3, 2, 4, 4 * GiB, 4 * GiB]);
    assert.equal(podsOf({ taskManager, job: {} })[1]?.replicas, 1);
  });

  it("inherit fields of the common template that their own does not set", () => {
    const role = { resource: { cpu: 1, memory: "2g" } };
    const [leader] = podsOf({ podTemplate: template("both"), jobManager: role });
    const { component, ...given } = leader?.labels ?? {};
    assert.deepEqual([component, given["app.kubernetes.io/component"]], ["jobmanager", "both"]);
  });

  it("read the same files, because TaskManagers run the JobManager's job", () => {
    assert.deepEqual(
      podsOf().map(({ configMaps }) => configMaps),
      [["statements"], ["statements"]],
    );
  });

  it("pass the budgets, and fail them without a size", async () => {
    assert.deepEqual(await run(containerRequireResources, stack()), []);
    assert.deepEqual(await run(containerRequireMemoryGuarantee, stack()), []);
    const bare = job({ jobManager: { replicas: 1, podTemplate: template("jobmanager") } });
    const said = await run(containerRequireResources, [bare]);
    assert.deepEqual(
      (said as string[]).map((message) => message.split(": ").slice(1, 2)[0]),
      [
        "spec.jobManager.resource.cpu",
        "spec.jobManager.resource.cpu",
        "spec.jobManager.resource.memory",
        "spec.jobManager.resource.memory",
      ],
    );
  });

  it("must fit a node, by the size that the operator gives them", async () => {
    const nodes = (memory: string) => ({ nodes: [{ name: "n", pool: "general", limit: { cpu: 8, memory } }] });
    assert.deepEqual(await run(podFitNode, stack(), nodes("4Gi")), []);
    const [message = "", ...others] = (await run(podFitNode, stack(), nodes("3Gi"))) as string[];
    assert.deepEqual(others, []);
    assert.match(message, /^streams\/stream: spec\.taskManager\.resource\.memory: .* requests 4 Gi and 2 cores/);
  });
});

describe("connections of a FlinkDeployment", () => {
  it("are compliant", async () => {
    assert.deepEqual(await run(connectionRequirePolicies, stack()), []);
    assert.deepEqual(await run(podRequireApiEgress, stack()), []);
  });

  for (const [policy, says] of [
    ["tm-to-jm", /TaskManagers register with the JobManager.*egress.*6123 and 6124/],
    ["jm-from-tm", /TaskManagers register with the JobManager.*ingress.*6123 and 6124/],
    ["jm-to-tm", /deploys tasks and asks for their metrics.*egress.*6122 and 6125/],
    ["tm-to-tm", /fetch records from each other.*egress.*6121/],
    ["jm-from-flink-operator", /has an operator that reads the state of the job from the JobManager.*8081/],
  ] as const) {
    it(`are required: ${policy}`, async () => {
      const [message = "", ...others] = (await run(connectionRequirePolicies, without(policy))) as string[];
      assert.deepEqual(others, []);
      assert.match(message, says);
    });
  }

  it("are required for a host in an init container's command", async () => {
    const one = template("taskmanager");
    const [init] = (one as { spec: { initContainers: Json[] } }).spec.initContainers;
    Object.assign(init ?? assert.fail(), { args: ["curl http://libraries.storage.svc:8080/a.jar"] });
    const fetching = job({ taskManager: { replicas: 2, resource: { cpu: 2, memory: "4g" }, podTemplate: one } });
    const [message = "", ...others] = (await run(connectionRequirePolicies, stack(fetching))) as string[];
    assert.deepEqual(others, []);
    assert.match(message, /uses libraries\.storage\.svc:8080, but no NetworkPolicy allows egress/);
  });

  it("are required to the API server for leader election", async () => {
    const said = (await run(podRequireApiEgress, without("tm-to-api-server"))) as string[];
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /may not reach the API server, though Flink elects its leader/);
  });

  it("are not required between TaskManagers if there is only one", async () => {
    const one = job({
      taskManager: { replicas: 1, resource: { cpu: 2, memory: "4g" }, podTemplate: template("taskmanager") },
    });
    const rest = stack(one).filter(({ name }) => !/tm-(to|from)-tm$/.test(name));
    assert.deepEqual(await run(connectionRequirePolicies, rest), []);
  });
});
