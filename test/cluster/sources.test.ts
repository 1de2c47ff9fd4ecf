import { equal, ok } from "node:assert/strict";

import type { KubernetesObject } from "../../sandbox/control-plane/api";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { until } from "../../sandbox/core/until";
import { rendering } from "../engines/start/sources.stack";
import { started } from "./stacks";

const NAMESPACE = "lakehouse-sources";
const NAME = "sources-prices";
const JOBS = `/apis/batch/v1/namespaces/${NAMESPACE}/jobs`;
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;

interface Job {
  readonly status?: {
    readonly failed?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string }[];
  };
}
interface Pods {
  readonly items: readonly { readonly metadata: { readonly name: string } }[];
}

/** The alerts of a source read what kube-state-metrics says of its Jobs; this is what Kubernetes says of them. */
describe("a source's Job on a real control plane", () => {
  let plane: ControlPlane;
  let template: object;

  before(async function () {
    plane = await started(this);
    const rendered = await rendering();
    const { jobTemplate } = rendered.object("CronJob", NAME).spec as {
      readonly jobTemplate: { readonly spec: object };
    };
    template = jobTemplate.spec;
    const object = (kind: string, name: string) => rendered.object(kind, name) as unknown as KubernetesObject;
    await plane.api.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
    await plane.api.create(object("PriorityClass", "lakehouse-batch"));
    for (const each of ["ServiceAccount", "CronJob"]) await plane.api.create(object(each, NAME));
  });
  after(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  /** Makes a Job of the rendered template, and lets its first pod end with a code. */
  async function ended(name: string, exitCode: number): Promise<() => Promise<Job>> {
    const metadata = { name, namespace: NAMESPACE };
    await plane.api.create({ apiVersion: "batch/v1", kind: "Job", metadata, spec: template });
    const pods = () => plane.api.must<Pods>("GET", `${PODS}?labelSelector=batch.kubernetes.io/job-name=${name}`);
    await until(`${name} has a pod`, async () => (await pods()).items.length > 0);
    const pod = (await pods()).items[0]?.metadata.name ?? "";
    const terminated = {
      exitCode,
      reason: "Error",
      startedAt: new Date().toISOString(),
      finishedAt: new Date().toISOString(),
    };
    const status = { name: "source", ready: false, restartCount: 0, image: "x", imageID: "x", state: { terminated } };
    await plane.api.must(
      "PATCH",
      `${PODS}/${pod}/status`,
      { status: { phase: "Failed", containerStatuses: [status] } },
      "application/merge-patch+json",
    );
    const job = () => plane.api.must<Job>("GET", `${JOBS}/${name}`);
    await until(`${name} counts its pod`, async () => (await job()).status?.failed === 1);
    return job;
  }

  const failure = ({ status }: Job) =>
    status?.conditions?.find(({ type, status: is }) => type === "Failed" && is === "True");

  it("fails at once with files in quarantine, by its policy and with one failed pod", async () => {
    const job = await ended(`${NAME}-1`, 3);
    await until("the Job has failed", async () => failure(await job()) !== undefined);
    // Not among the reasons that kube-state-metrics names (internal/store/job.go): it gives the number under the empty one.
    equal(failure(await job())?.reason, "PodFailurePolicy");
    equal((await job()).status?.failed, 1);
  });

  it("is tried again after any other end", async () => {
    const job = await ended(`${NAME}-2`, 1);
    ok(failure(await job()) === undefined);
  });
});
