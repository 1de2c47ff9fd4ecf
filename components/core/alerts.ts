import type { Alert } from "./monitoring";

/** Conditions of alerts that several systems have, each with its test, on series of kube-state-metrics and the kubelet. Pure. */

type Condition = Pick<Alert, "expr" | "test">;

/** Where and as what a series of the alert's test stands, and when the alert must have fired. */
interface Example {
  readonly namespace: string;
  readonly name: string;
  /** @default 20m */
  readonly at?: string;
}

const WORKLOADS = {
  statefulset: ["kube_statefulset_status_replicas_ready", "kube_statefulset_replicas"],
  deployment: ["kube_deployment_status_replicas_available", "kube_deployment_spec_replicas"],
} as const;

interface Workload extends Example {
  /** @default statefulset */
  readonly kind?: keyof typeof WORKLOADS;
}

/** A StatefulSet or Deployment with fewer ready pods than it should have. @param selector of its series */
export function podMissing(
  selector: string,
  { kind = "statefulset", namespace, name, at = "20m" }: Workload,
): Condition {
  const [ready, wanted] = WORKLOADS[kind];
  const sum = (series: string) => `sum by (namespace, ${kind}) (${series}{${selector}})`;
  const of = `{namespace="${namespace}",${kind}="${name}"}`;
  return {
    expr: `${sum(ready)} < ${sum(wanted)}`,
    test: {
      series: { [`${ready}${of}`]: "2x30", [`${wanted}${of}`]: "3x30" },
      at,
      labels: { namespace, [kind]: name },
    },
  };
}

/** A volume with less than a share of its room left. @param selector of the claims' series */
export function volumeFilling(selector: string, share: number, { namespace, name, at = "20m" }: Example): Condition {
  const of = `{namespace="${namespace}",persistentvolumeclaim="${name}"}`;
  const [left, all] = ["kubelet_volume_stats_available_bytes", "kubelet_volume_stats_capacity_bytes"];
  return {
    expr: `min by (namespace, persistentvolumeclaim) (${left}{${selector}} / ${all}{${selector}}) < ${String(share)}`,
    test: {
      series: { [`${left}${of}`]: `${String(Math.ceil(50 * share))}x30`, [`${all}${of}`]: "100x30" },
      at,
      labels: { namespace, persistentvolumeclaim: name },
    },
  };
}

/** A CronJob that has not succeeded for some hours. */
export function taskTooOld(cronjob: string, hours: number, namespace: string): Condition {
  const series = "kube_cronjob_status_last_successful_time";
  return {
    expr: `time() - max(${series}{cronjob="${cronjob}"}) > ${String(hours * 3600)}`,
    test: {
      series: { [`${series}{namespace="${namespace}",cronjob="${cronjob}"}`]: `-${String(2 * hours * 3600)}x60` },
      at: "45m",
      labels: {},
    },
  };
}

/** A Deployment of which no pod is ready. */
export function nothingReady(name: string, { namespace, at = "15m" }: Pick<Example, "namespace" | "at">): Condition {
  const [ready] = WORKLOADS.deployment;
  const selector = `deployment="${name}"`;
  return {
    expr: `sum by (namespace, deployment) (${ready}{${selector}}) < 1`,
    test: {
      series: { [`${ready}{namespace="${namespace}",${selector}}`]: "0x20" },
      at,
      labels: { namespace, deployment: name },
    },
  };
}

/** A container of a Deployment's pods that has used a share of its memory. @param container of the Deployment `name` */
export function memoryFull(container: string, share: number, { namespace, name, at = "20m" }: Example): Condition {
  const [used, limit] = ["container_memory_working_set_bytes", "kube_pod_container_resource_limits"];
  const memory = 'resource="memory"';
  const all = `pod=~"${name}-.*",container="${container}"`;
  const one = `namespace="${namespace}",pod="${name}-a",container="${container}"`;
  const most = (series: string) => `max by (namespace, pod) (${series})`;
  return {
    expr: `${most(`${used}{${all}}`)} / ${most(`${limit}{${all},${memory}}`)} > ${String(share)}`,
    test: {
      series: {
        [`${used}{${one}}`]: `${String(Math.ceil(50 * (1 + share)))}x30`,
        [`${limit}{${one},${memory}}`]: "100x30",
      },
      at,
      labels: { namespace, pod: `${name}-a` },
    },
  };
}

/** A Job that has failed after all its tries. */
export function jobFailed(job: string, { namespace, at = "10m" }: Pick<Example, "namespace" | "at">): Condition {
  const selector = `job_name="${job}",condition="true"`;
  return {
    expr: `max by (namespace, job_name) (kube_job_failed{${selector}}) > 0`,
    test: {
      series: { [`kube_job_failed{namespace="${namespace}",${selector}}`]: "1x20" },
      at,
      labels: { namespace, job_name: job },
    },
  };
}
