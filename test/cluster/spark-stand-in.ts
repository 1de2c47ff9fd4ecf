import type { Api, KubernetesObject } from "../../sandbox/control-plane/api";

const API_VERSION = "sparkoperator.k8s.io/v1beta2";
const OWNER = "lakehouse.test/job";

interface Role {
  readonly coreRequest: string;
  readonly coreLimit: string;
  readonly memory: string;
  readonly memoryOverhead: string;
  readonly instances?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly tolerations?: readonly object[];
  readonly template: {
    readonly spec: { readonly tolerations?: readonly object[]; readonly containers: readonly object[] };
  };
}
interface Spec {
  readonly suspend?: boolean;
  readonly driver: Role;
  readonly executor: Role;
}

/** A run as it is seen from outside. */
export interface Run {
  readonly name: string;
  readonly suspended: boolean;
  /** Of the operator: `RUNNING`, `COMPLETED`; empty before the first. */
  readonly state: string;
}

/**
 * Stands in for the Spark operator and for Spark, whose driver no simulated node runs: a job that is not suspended gets its driver's
 * pod and all of its executors', is RUNNING when all of them are, and COMPLETED when it is told so. A job that is suspended again loses
 * its pods.
 */
export class SparkStandIn {
  /** Names of jobs in the order in which they got their pods. */
  readonly started: string[] = [];
  /** Pods that the API server refused. */
  readonly refused: string[] = [];
  /** Jobs that may end once they run. */
  private readonly ending = new Set<string>();

  constructor(
    private readonly api: Api,
    private readonly namespace: string,
  ) {}

  /** Lets jobs end as soon as all of their pods run. */
  end(...names: readonly string[]): void {
    for (const name of names) this.ending.add(name);
  }

  async runs(): Promise<Run[]> {
    const all = await this.api.list(API_VERSION, "sparkapplications");
    return all.map(({ metadata, spec, status }) => ({
      name: metadata.name,
      suspended: (spec as Spec).suspend ?? false,
      state: stateOf(status),
    }));
  }

  /** One look at all jobs. */
  async act(): Promise<void> {
    const [jobs, pods] = await Promise.all([
      this.api.list(API_VERSION, "sparkapplications"),
      this.api.list("v1", "pods"),
    ]);
    for (const job of jobs) {
      const own = pods.filter(({ metadata }) => metadata.labels?.[OWNER] === job.metadata.name);
      await this.one(job, own);
    }
  }

  private async one(job: KubernetesObject, pods: readonly KubernetesObject[]): Promise<void> {
    const { suspend = false, executor } = job.spec as Spec;
    const state = stateOf(job.status);
    const { name } = job.metadata;
    if (state === "COMPLETED") return;
    if (suspend) {
      await Promise.all(pods.map((pod) => this.remove(pod)));
      if (state === "RUNNING" || state === "SUBMITTED") await this.say(job, "SUSPENDED");
      return;
    }
    if (state !== "SUBMITTED" && state !== "RUNNING") {
      this.started.push(name);
      await this.say(job, "SUBMITTED");
      await this.submit(job);
      return;
    }
    const running = pods.filter(({ status }) => (status as { phase?: string } | undefined)?.phase === "Running");
    if (running.length < 1 + (executor.instances ?? 0)) return;
    if (state === "SUBMITTED") await this.say(job, "RUNNING", executor.instances);
    else if (this.ending.has(name)) {
      await Promise.all(pods.map((pod) => this.remove(pod)));
      await this.say(job, "COMPLETED");
    }
  }

  private async submit(job: KubernetesObject): Promise<void> {
    const { driver, executor } = job.spec as Spec;
    const roles = [driver, ...Array.from({ length: executor.instances ?? 0 }, () => executor)];
    for (const [index, role] of roles.entries()) {
      const part = index === 0 ? "driver" : "executor";
      const name = `${job.metadata.name}-${part}${index === 0 ? "" : `-${String(index)}`}`;
      const { spec } = role.template;
      const memory = `${String(mebibytes(role.memory) + mebibytes(role.memoryOverhead))}Mi`;
      const [container] = spec.containers;
      const resources = { requests: { cpu: role.coreRequest, memory }, limits: { cpu: role.coreLimit, memory } };
      const pod = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace: this.namespace, labels: { ...role.labels, [OWNER]: job.metadata.name } },
        spec: {
          ...spec,
          initContainers: [],
          tolerations: [...(spec.tolerations ?? []), ...(role.tolerations ?? [])],
          containers: [{ ...container, image: "spark", resources }],
        },
      };
      await this.api.create(pod).catch((error: unknown) => this.refused.push(`${name}: ${(error as Error).message}`));
    }
  }

  private async say(job: KubernetesObject, state: string, executors = 0): Promise<void> {
    const executorState = Object.fromEntries(
      Array.from({ length: executors }, (_, index) => [
        `${job.metadata.name}-executor-${String(index + 1)}`,
        "RUNNING",
      ]),
    );
    const status = { applicationState: { state }, driverInfo: {}, ...(executors === 0 ? {} : { executorState }) };
    await this.api.patch(job, { status }, "status");
  }

  private remove({ metadata }: KubernetesObject): Promise<unknown> {
    return this.api.call("DELETE", `/api/v1/namespaces/${this.namespace}/pods/${metadata.name}?gracePeriodSeconds=0`);
  }
}

const stateOf = (status: unknown): string =>
  (status as { readonly applicationState?: { readonly state?: string } } | undefined)?.applicationState?.state ?? "";

/** Spark's sizes are in MiB: `2457m`. */
const mebibytes = (text: string): number => Number(/^(\d+)m$/.exec(text)?.[1]);
