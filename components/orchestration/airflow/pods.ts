import type { Platform, PodGroupFacts } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { GiB, MiB } from "../../core/quantity";
import type { Size } from "../../fields/fields";
import type { AirflowSettings } from "./settings";

export const AIRFLOW = "airflow";
/** Pods of tasks, which schedulers make. */
export const TASK = "airflow-task";

/** Airflow's own directory: logs before they are in the object store, and clones of repositories. */
export const HOME = "/opt/lakehouse/airflow";
const SCRATCH = { "/tmp": 256 * MiB, [HOME]: GiB };

/** Pods of the existing Airflow, so that plans count their size. */
export function airflowPods(platform: Platform, settings: AirflowSettings): PodGroup[] {
  const names = { service: AIRFLOW, role: AIRFLOW, namespace: settings.namespace };
  return [platform.podGroup({ ...names, origin: "existing" }, settings.occupies)];
}

/** Pods of the stack's own Airflow, without those of tasks. */
export function ownPods(platform: Platform, settings: AirflowSettings): PodGroup[] {
  const { apiServer, scheduler, dagProcessor, triggerer } = settings;
  const namespace = platform.namespace("airflow");
  const group = (role: string, size: Size, facts: Partial<PodGroupFacts> = {}) =>
    platform.podGroup({ service: AIRFLOW, role, namespace, scratch: SCRATCH, ...facts }, size);
  const once = { ...scheduler, replicas: 1 };
  return [
    group("api-server", apiServer),
    group("scheduler", scheduler),
    group("dag-processor", dagProcessor),
    group("triggerer", triggerer),
    group("statsd", { replicas: 1, cpu: 0.05, memory: 64 * MiB, pool: scheduler.pool }, { scratch: {} }),
    group("migrate", once, { lifetime: "once" }),
    group("clean", once, { lifetime: "job" }),
  ];
}

/** Pods of tasks are in a namespace of their own: schedulers may make and delete every pod there. */
export const taskPods = (platform: Platform, { worker }: AirflowSettings): PodGroup[] => [
  platform.podGroup(
    {
      service: TASK,
      role: TASK,
      namespace: platform.namespace("airflow-tasks"),
      lifetime: "elastic",
      priorityClass: "lakehouse-batch",
      scratch: SCRATCH,
    },
    worker,
  ),
];
