import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { platform } from "../../../components/cluster/platform";
import type { StackConfig } from "../../../inputs/stack-file";
import { stackSettings } from "../../../preview/plan";
import type { KubernetesObject } from "../../control-plane/api";
import { type ControlPlane, startControlPlane } from "../../control-plane/control-plane";
import { definitionsFor, establish } from "../../control-plane/crds";
import { applyAll } from "../../control-plane/deploy";
import { simulatedNode } from "../../control-plane/nodes";
import { until } from "../../core/until";
import type { Ground } from "../ground";
import { Kubelet } from "./kubelet";
import { type Image, OwnPods } from "./own-pods";

export const CENTRAL = "lakehouse-airflow";
export const TASKS = "lakehouse-airflow-tasks";
/** Where tasks submit Spark's jobs. */
const JOBS = "lakehouse-compute";
const SPARK = "sparkoperator.k8s.io";

/** Kinds that a namespace has before pods come. */
const GROUNDWORK = ["Namespace", "LimitRange", "ResourceQuota", "ServiceAccount", "Role", "RoleBinding"];
/** What makes up Airflow in its own two namespaces. */
const KINDS = [...GROUNDWORK, "Secret", "ConfigMap", "PodTemplate", "Service", "Deployment", "Job", "CronJob"];

export interface OwnAirflowArgs {
  readonly ground: Ground;
  readonly config: StackConfig;
  /** Addresses of names outside of the stack. */
  readonly hosts: Readonly<Record<string, string>>;
}

/**
 * The stack's own Airflow on a real control plane: all of its rendered objects are applied at once, and its pods, those of tasks too,
 * run as processes with the paths, variables, user, account and read-only root that they have.
 */
export class OwnAirflow {
  private constructor(
    readonly plane: ControlPlane,
    private readonly ground: Ground,
    private readonly pods: OwnPods,
    private readonly kubelet: Kubelet,
  ) {}

  static async start({ ground, config, hosts }: OwnAirflowArgs): Promise<OwnAirflow> {
    const { rendered } = ground;
    const nodes = platform(stackSettings(config)).nodes.map((node) => simulatedNode(node));
    const plane = await startControlPlane({ name: "own-airflow", nodes, jobs: "hold" });
    try {
      await establish(plane.api, await definitionsFor([], [SPARK]));
      const all = KINDS.flatMap((kind) => rendered.objects<KubernetesObject>(kind));
      const wanted = all.filter(({ kind, metadata: { name, namespace = name } }) =>
        namespace === JOBS ? GROUNDWORK.includes(kind) : [CENTRAL, TASKS].includes(namespace),
      );
      const services = rendered.objects<KubernetesObject>("Service");
      const pods = new OwnPods({
        plane,
        ground,
        namespaces: [CENTRAL, TASKS],
        image: images(ground),
        programs: { "/usr/bin/dumb-init": join(ground.tools.dumbInit, "dumb-init") },
        // All services of the stack have their own ports on one address.
        hosts: { ...names(services), ...names([database]), ...hosts },
      });
      const kubelet = await Kubelet.start(
        plane,
        pods,
        nodes.map(({ metadata }) => metadata.name),
      );
      await applyAll(plane.api, [...rendered.objects<KubernetesObject>("PriorityClass"), ...wanted]);
      return new OwnAirflow(plane, ground, pods, kubelet);
    } catch (error) {
      await plane.end();
      throw error;
    }
  }

  async end(): Promise<void> {
    this.kubelet.close();
    await this.plane.end();
  }

  /** The one pod of a role, such as `scheduler`. */
  async pod(role: string): Promise<KubernetesObject> {
    const query = `?labelSelector=app.kubernetes.io%2Finstance%3Dairflow-${role}`;
    const found = (await this.plane.api.list("v1", "pods", query)).filter(
      ({ metadata }) => metadata.namespace === CENTRAL,
    );
    const [pod] = found;
    if (pod === undefined || found.length > 1) throw new Error(`${role}: ${String(found.length)} pods, not one`);
    return pod;
  }

  /** Pods of tasks that there are now. */
  async taskPods(): Promise<KubernetesObject[]> {
    const pods = await this.plane.api.list("v1", "pods");
    return pods.filter(({ metadata }) => metadata.namespace === TASKS);
  }

  async kill(role: string): Promise<void> {
    this.pods.signal((await this.pod(role)).metadata.name, "SIGKILL");
  }

  /** Runs the pod of a rendered Job or CronJob once more. @throws Error if it fails */
  async again(kind: "Job" | "CronJob", name: string): Promise<void> {
    const { metadata, spec } = this.ground.rendered.object(kind, name) as unknown as KubernetesObject;
    const job = kind === "Job" ? { spec } : (spec as { readonly jobTemplate: { readonly spec: object } }).jobTemplate;
    const again = { ...metadata, name: `${name}-again` };
    await this.plane.api.apply({ apiVersion: "batch/v1", kind: "Job", metadata: again, spec: job.spec });
    await this.done(again.name);
  }

  /** Waits for the end of a Job, and of its pod. */
  async done(name: string): Promise<void> {
    const job = { apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace: CENTRAL } };
    await until(`${name} has ended`, async () => {
      const { succeeded = 0, failed = 0 } = ((await this.plane.api.get(job))?.status ?? {}) as Counts;
      if (failed > 0) throw new Error(`${name} has failed`);
      return succeeded > 0;
    });
  }

  /** Whether a probe of the rendered Deployment says yes now: `readinessProbe` by default. */
  async healthy(role: string, probe: ProbeName = "readinessProbe"): Promise<boolean> {
    const pod = await this.pod(role);
    const [container] = (pod.spec as { readonly containers: readonly [Probed] }).containers;
    const { httpGet, exec } = container[probe];
    if (httpGet === undefined)
      return this.pods.exec(pod, exec?.command ?? []).then(
        () => true,
        () => false,
      );
    const port = container.ports.find(({ name }) => name === httpGet.port)?.containerPort;
    const answer = await fetch(`http://127.0.0.1:${String(port)}${httpGet.path}`, {
      signal: AbortSignal.timeout(1000 * (container[probe].timeoutSeconds ?? 1)),
    }).catch(() => undefined);
    return answer?.ok === true;
  }
}

/** Where the image has its commands. */
const PROGRAMS = "/home/airflow/.local/bin";

type ProbeName = "startupProbe" | "readinessProbe" | "livenessProbe";
interface Counts {
  readonly succeeded?: number;
  readonly failed?: number;
}
type Probed = Readonly<
  Record<
    ProbeName,
    {
      readonly httpGet?: { readonly path: string; readonly port: string };
      readonly exec?: { readonly command: readonly string[] };
      readonly timeoutSeconds?: number;
    }
  >
> & { readonly ports: readonly { readonly name: string; readonly containerPort: number }[] };

/** The Service that the operator of PostgreSQL makes. */
const database = { metadata: { name: "postgres-rw", namespace: "lakehouse-storage" } };

const names = (services: readonly Pick<KubernetesObject, "metadata">[]): Record<string, string> =>
  Object.fromEntries(
    services.map(({ metadata: { name, namespace = "" } }) => [`${name}.${namespace}.svc`, "127.0.0.1"]),
  );

/** Programs of this machine in the place of images: Airflow's has `airflow` and its Python, the exporter's starts it. */
function images(ground: Ground): (name: string) => Image {
  const { ownAirflow, statsdExporter } = ground.tools;
  const python = join(ownAirflow, "bin", "python");
  // The environment's own script has the name of a folder that was moved.
  const script = `#!/bin/sh\nexec '${python}' -m airflow "$@"\n`;
  writeFileSync(ground.path("programs", "airflow"), script, { mode: 0o755 });
  const airflow: Image = {
    path: [PROGRAMS, join(ownAirflow, "bin")],
    mounts: { [PROGRAMS]: ground.folder("programs") },
  };
  const exporter: Image = { path: [], entrypoint: [join(statsdExporter, "statsd_exporter")] };
  return (name) => (name.includes("statsd-exporter") ? exporter : airflow);
}
