import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { stringify } from "yaml";

import type { ScheduledJob, SqlAccess, SqlEngine } from "../../core/capabilities";
import type { Endpoint } from "../../core/endpoint";
import type { Service } from "../../core/service";

type PolicyRule = k8s.types.input.rbac.v1.PolicyRule;

/**
 * Rights that SparkKubernetesOperator needs, and nothing else (apache-airflow-providers-cncf-kubernetes 10.25:
 * `custom_object_launcher.py`, `spark_kubernetes.py`, `pod_manager.py`). It polls, so nothing is watched.
 */
export const SUBMIT_RULES: PolicyRule[] = [
  { apiGroups: ["sparkoperator.k8s.io"], resources: ["sparkapplications"], verbs: ["create", "delete"] },
  { apiGroups: ["sparkoperator.k8s.io"], resources: ["sparkapplications/status"], verbs: ["get"] },
  // `patch` marks the driver of a failed try as handled; without it the try ends with "forbidden" instead of its own error.
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "patch"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
  { apiGroups: [""], resources: ["events"], verbs: ["list"] },
];

/** An Airflow connection in the JSON form of AIRFLOW_CONN_*. */
export interface Connection {
  readonly conn_type: string;
  readonly host?: string;
  readonly port?: number;
  readonly login?: string;
  /** May come from a resource. */
  readonly password?: pulumi.Input<string>;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Trino as a connection has it. */
export interface SqlConnection {
  readonly endpoint: Endpoint;
  readonly catalog: string | undefined;
  readonly user: string;
  /** @default nobody signs in there */
  readonly password?: pulumi.Input<string>;
}

/** A way to Trino for a service's pods, which write whatever pipelines do. @param password in place of the generated one */
export function sqlConnection(
  sql: SqlEngine,
  client: Service,
  password?: string,
): SqlConnection & Pick<SqlAccess, "login"> {
  const { endpoint, login } = sql.grant(client, { everything: true });
  const facts = { endpoint, login, catalog: sql.catalogs[0] };
  return login === undefined
    ? { ...facts, user: "airflow" }
    : { ...facts, user: login.user, password: password ?? login.password };
}

/** Connections by the name of the variable that Airflow reads them from. */
export function connections(
  jobNamespace: string | undefined,
  sql: SqlConnection | undefined,
): Readonly<Record<string, Connection>> {
  return {
    ...(jobNamespace === undefined
      ? {}
      : {
          AIRFLOW_CONN_LAKEHOUSE_KUBERNETES: {
            conn_type: "kubernetes",
            extra: { in_cluster: true, namespace: jobNamespace },
          },
        }),
    ...(sql === undefined
      ? {}
      : {
          AIRFLOW_CONN_LAKEHOUSE_TRINO: {
            conn_type: "trino",
            host: sql.endpoint.host,
            port: sql.endpoint.port,
            login: sql.user,
            ...(sql.password === undefined ? {} : { password: sql.password }),
            // Trino's resource groups tell pipelines from people by the source.
            extra: { protocol: sql.endpoint.scheme, catalog: sql.catalog, source: "airflow" },
          },
        }),
  };
}

/** Variables that the DAGs read. */
export function variables(jobNamespace: string | undefined): Readonly<Record<string, string>> {
  return jobNamespace === undefined ? {} : { AIRFLOW_VAR_LAKEHOUSE_COMPUTE_NAMESPACE: jobNamespace };
}

/**
 * The files of the DAG folder: the DAGs, and beside them the manifest of each job.
 * @param sources contents of the DAG files by name
 * @throws Error when a DAG submits jobs that the stack does not have: it would fail at its next run otherwise.
 */
export function dagFiles(
  sources: Readonly<Record<string, string>>,
  jobs: readonly ScheduledJob[],
): Record<string, string> {
  const names = jobs.map((job) => job.name);
  const missing = Object.entries(sources).flatMap(([file, text]) =>
    specNames(text)
      .filter((spec) => !names.includes(spec))
      .map((spec) => `${file} submits ${spec}`),
  );
  if (missing.length > 0) {
    throw new Error(
      `${missing.join(", ")}, but the stack's jobs are: ${names.join(", ") || "none"}. Add the job, or change the DAG.`,
    );
  }
  return { ...sources, ...Object.fromEntries(jobs.map((job) => [`${job.name}.yaml`, manifestYaml(job.manifest)])) };
}

/** Jobs that a DAG names: `spec="silver-to-gold"`. */
function specNames(dag: string): string[] {
  return [...new Set([...dag.matchAll(/\bspec="([^"]+)"/g)].map((match) => match[1] ?? ""))];
}

/**
 * Keys sorted, so that a file changes only when the job does. Text is quoted and keys are written for YAML 1.1, which is
 * what Airflow's Python reads: there `off` is a boolean and `12:30` a number.
 */
export function manifestYaml(manifest: object): string {
  return stringify(manifest, {
    version: "1.1",
    sortMapEntries: true,
    lineWidth: 0,
    aliasDuplicateObjects: false,
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "PLAIN",
  });
}
