import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import type { AirflowSettings } from "./settings";

/** Pods of the existing Airflow, so that plans count their size. */
export function airflowPods(platform: Platform, settings: AirflowSettings): PodGroup[] {
  const names = { service: "airflow", role: "airflow", namespace: settings.namespace };
  return [platform.podGroup({ ...names, origin: "existing" }, settings.occupies)];
}
