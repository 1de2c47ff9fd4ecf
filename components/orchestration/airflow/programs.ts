import { readFileSync } from "node:fs";
import { join } from "node:path";

import type * as k8s from "@pulumi/kubernetes";

import { fromSecret } from "../../core/env";
import type { ContainerArgs } from "../../core/pod";
import { FILES, HEALTH_PORT, PORT, STATSD_METRICS_PORT, STATSD_PORT } from "./environment";
import type { AirflowSettings } from "./settings";
import { INIT } from "./tasks";
import { webserverConfig } from "./webserver";

type PolicyRule = k8s.types.input.rbac.v1.PolicyRule;

/** Command lines, probes and rights of Airflow's programs. Pure. */

export const PREPARE = "prepare.py";
/** Looks whether a program has a heartbeat. */
export const LOOK = "heartbeat.py";
export const MAPPING_DIRECTORY = "/etc/lakehouse/statsd";
export const MAPPING = "mapping.yaml";
/** After the night's work, in UTC. */
export const CLEAN_SCHEDULE = "10 5 * * *";

/** Rights among the pods of tasks, by role. */
export const RULES = {
  "api-server": [
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
    { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  ],
  // `patch` marks pods that are done, and those that a scheduler takes over from another.
  "scheduler": [{ apiGroups: [""], resources: ["pods"], verbs: ["create", "delete", "get", "list", "patch", "watch"] }],
} satisfies Record<string, PolicyRule[]>;

export const file = (name: string): Record<string, string> => ({
  [name]: readFileSync(join(__dirname, "programs", name), "utf8"),
});
export const signInFiles = (settings: AirflowSettings): Record<string, string> => ({
  "webserver_config.py": webserverConfig(settings),
});

/** What the pages' server has besides: the issuer's secret, and a proxy before it whose headers hold. */
export const signInEnv = ({ auth: { oidc }, url }: AirflowSettings): NonNullable<ContainerArgs["env"]> => ({
  ...(oidc === undefined ? {} : { LAKEHOUSE_OIDC_SECRET: fromSecret(oidc.secret, "clientSecret") }),
  ...(url === undefined ? {} : { FORWARDED_ALLOW_IPS: "*" }),
});

/** Waits until the tables are those of this version, for pods that start before the task that makes them has ended. */
export const MIGRATED = [...INIT, "airflow", "db", "check-migrations", "--migration-wait-timeout", "900"];

/** Containers by role, without names, images and variables. */
export function containers({ url }: AirflowSettings): Record<string, Omit<ContainerArgs, "name" | "image">> {
  return {
    "api-server": {
      command: [...INIT, "airflow", "api-server", ...(url === undefined ? [] : ["--proxy-headers"])],
      ports: { http: PORT },
      startupProbe: { ...asked("/api/v2/version"), periodSeconds: 5, failureThreshold: 60 },
      readinessProbe: { ...asked("/api/v2/version"), periodSeconds: 10 },
      livenessProbe: { ...asked("/api/v2/version"), periodSeconds: 20, failureThreshold: 6 },
    },
    "scheduler": {
      command: [...INIT, "airflow", "scheduler"],
      ports: { health: HEALTH_PORT },
      startupProbe: { ...asked("/health", "health"), periodSeconds: 5, failureThreshold: 60 },
      readinessProbe: { ...asked("/health", "health"), periodSeconds: 10 },
      livenessProbe: { ...asked("/health", "health"), periodSeconds: 20, failureThreshold: 6 },
    },
    "dag-processor": { command: [...INIT, "airflow", "dag-processor"], ...beats("DagProcessorJob") },
    "triggerer": { command: [...INIT, "airflow", "triggerer", "--skip-serve-logs"], ...beats("TriggererJob") },
  };
}

const asked = (path: string, port = "http") => ({ httpGet: { path, port }, timeoutSeconds: 10 });

/** Programs without a port: whether the database has a heartbeat of this pod. Airflow's own command for that takes seconds of a core. */
function beats(job: string) {
  const look = { exec: { command: ["python", `${FILES}/${LOOK}`, job] }, timeoutSeconds: 15 };
  return {
    startupProbe: { ...look, periodSeconds: 10, failureThreshold: 30 },
    readinessProbe: { ...look, periodSeconds: 30 },
    livenessProbe: { ...look, periodSeconds: 60, failureThreshold: 5 },
  };
}

/** Deletes runs of the database that are older; the logs of their tasks stay in the object store. */
export function clean({ keepDays }: AirflowSettings): string[] {
  const before = `"$(date -u -d '${String(keepDays)} days ago' +%Y-%m-%dT%H:%M:%S+00:00)"`;
  const line = `exec airflow db clean --clean-before-timestamp ${before} --skip-archive --yes`;
  return [...INIT, "sh", "-ec", line];
}

/** Upstream's exporter, which takes metrics by UDP. */
export const exporter = (image: string): ContainerArgs => ({
  name: "statsd",
  image,
  args: [
    `--statsd.mapping-config=${MAPPING_DIRECTORY}/${MAPPING}`,
    `--statsd.listen-udp=:${String(STATSD_PORT)}`,
    "--statsd.listen-tcp=",
    `--web.listen-address=:${String(STATSD_METRICS_PORT)}`,
  ],
  ports: { metrics: STATSD_METRICS_PORT },
  readinessProbe: { httpGet: { path: "/-/ready", port: "metrics" }, periodSeconds: 5 },
  livenessProbe: { httpGet: { path: "/-/healthy", port: "metrics" }, periodSeconds: 15, failureThreshold: 4 },
});
