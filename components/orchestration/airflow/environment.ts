import type { ObjectStore, SecretKeys } from "../../core/capabilities";
import { ownObjects } from "../../core/grant";
import { url as urlOf } from "../../core/endpoint";
import { credentialsEnv, fromSecret } from "../../core/env";
import { JOB_NAMESPACE, type LineageAccess, lineageEnv } from "../../core/governance";
import type { ContainerArgs } from "../../core/pod";
import { AIRFLOW, HOME } from "./pods";
import type { AirflowSettings } from "./settings";

/** Airflow's settings as variables of its pods. Pure. Secrets are references, and `$(NAME)` is filled in by the kubelet. */

type Env = NonNullable<ContainerArgs["env"]>;

export const PORT = 8080;
/** Where a scheduler says whether it works. */
export const HEALTH_PORT = 8974;
export const STATSD_PORT = 9125;
export const STATSD_METRICS_PORT = 9102;

/** The DAG folder of the stack, in pods that read DAGs. */
export const DAGS = "/opt/lakehouse/dags";
/** Files of the pages' server and of the task that prepares the database. */
export const FILES = "/etc/lakehouse/airflow";
export const TEMPLATE_DIRECTORY = "/etc/lakehouse/airflow-task";
export const TEMPLATE_FILE = "pod.yaml";
/** Below the prefix of Airflow in the bucket `services`. */
export const LOGS = "logs/";

const FAB = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager";
const BUNDLES = "airflow.dag_processing.bundles.local.LocalDagBundle";
const GIT_BUNDLES = "airflow.providers.git.bundles.git.GitDagBundle";
const LOGS_CONNECTION = "lakehouse_logs";
const GIT_CONNECTION = "lakehouse_dags";

/** Names and addresses in the cluster. */
export interface Addresses {
  /** `http://airflow.lakehouse-airflow.svc:8080` */
  readonly api: string;
  /** Host of the exporter of metrics. */
  readonly statsd: string;
  /** Namespace of the pods of tasks. */
  readonly tasks: string;
  readonly objects: Pick<ObjectStore, "endpoint" | "region" | "sdk" | "buckets">;
}

/** Variables of every pod, tasks' too. */
export const common = (settings: AirflowSettings): Env => ({
  HOME: "/tmp",
  PYTHONDONTWRITEBYTECODE: "1",
  AIRFLOW_HOME: HOME,
  AIRFLOW__CORE__DAGS_FOLDER: DAGS,
  AIRFLOW__CORE__LOAD_EXAMPLES: "False",
  AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST: JSON.stringify(bundles(settings)),
  AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH: `${HOME}/bundles`,
  AIRFLOW__LOGGING__BASE_LOG_FOLDER: `${HOME}/logs`,
  AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: "False",
  ...settings.env,
});

/** Variables of pods that tell metrics. */
export const metered = ({ statsd }: Pick<Addresses, "statsd">): Env => ({
  AIRFLOW__METRICS__STATSD_ON: "True",
  AIRFLOW__METRICS__STATSD_HOST: statsd,
  AIRFLOW__METRICS__STATSD_PORT: String(STATSD_PORT),
  AIRFLOW__METRICS__STATSD_PREFIX: "airflow",
});

/**
 * Variables of pods that write logs of tasks into the object store, or read them there.
 * @param keys of the pod's user in the object store
 */
export function logged({ objects }: Pick<Addresses, "objects">, keys: SecretKeys): Env {
  const { bucket, prefix } = ownObjects(AIRFLOW, objects.buckets);
  return {
    AIRFLOW__LOGGING__REMOTE_LOGGING: "True",
    AIRFLOW__LOGGING__REMOTE_BASE_LOG_FOLDER: `s3://${bucket}/${prefix}${LOGS.replace(/\/$/, "")}`,
    AIRFLOW__LOGGING__REMOTE_LOG_CONN_ID: LOGS_CONNECTION,
    AIRFLOW__LOGGING__DELETE_LOCAL_LOGS: "True",
    ...objects.sdk.env,
    ...credentialsEnv(keys, "LAKEHOUSE_LOGS_KEY", "LAKEHOUSE_LOGS_SECRET"),
    [connectionVariable(LOGS_CONNECTION)]: JSON.stringify({
      conn_type: "aws",
      login: "$(LAKEHOUSE_LOGS_KEY)",
      password: "$(LAKEHOUSE_LOGS_SECRET)",
      extra: { endpoint_url: urlOf(objects.endpoint), region_name: objects.region },
    }),
  };
}

/**
 * Variables of pods that tell what their runs read and write: tasks of themselves, schedulers and pages of whole DAGs. The image's
 * provider `openlineage` reads them, and is silent without. The code of tasks is left out, as secrets may stand in it.
 */
export const telling = (told: LineageAccess | undefined): Env =>
  told === undefined
    ? {}
    : {
        ...lineageEnv(told),
        AIRFLOW__OPENLINEAGE__NAMESPACE: JOB_NAMESPACE,
        AIRFLOW__OPENLINEAGE__DISABLE_SOURCE_CODE: "True",
      };

/** Variables of pods that read DAGs. */
export const reading = (settings: AirflowSettings): Env => ({
  ...gitConnection(settings),
  ...(settings.merge.enabled ? { LAKEHOUSE_MERGE_SCHEDULE: settings.merge.schedule } : {}),
});

/** Variables of tasks alone: where they ask for what they may know, and tell that they are done. */
export const asking = ({ api }: Pick<Addresses, "api">): Env => ({
  AIRFLOW__CORE__EXECUTION_API_SERVER_URL: `${api}/execution/`,
  // Minutes instead of eight seconds: an API server that starts has its first answer after most of one.
  AIRFLOW__WORKERS__EXECUTION_API_RETRIES: "12",
});

/** Variables of the pods that have the database: all but those of tasks. */
export function central(settings: AirflowSettings, { tasks }: Pick<Addresses, "tasks">, secrets: CentralSecrets): Env {
  const { database, keys, before } = secrets;
  const { host, port } = database.endpoint;
  const base = settings.url ?? `http://localhost:${String(PORT)}`;
  return {
    ...credentialsEnv(database, "AIRFLOW_DATABASE_USER", "AIRFLOW_DATABASE_PASSWORD"),
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN: `postgresql+psycopg2://$(AIRFLOW_DATABASE_USER):$(AIRFLOW_DATABASE_PASSWORD)@${host}:${String(port)}/${database.database}`,
    LAKEHOUSE_FERNET_KEY: fromSecret(keys, "fernet"),
    ...(before === undefined ? {} : { LAKEHOUSE_FERNET_KEY_BEFORE: fromSecret(before, "fernet") }),
    // The first writes, and all of them read.
    AIRFLOW__CORE__FERNET_KEY: `$(LAKEHOUSE_FERNET_KEY)${before === undefined ? "" : ",$(LAKEHOUSE_FERNET_KEY_BEFORE)"}`,
    AIRFLOW__API__SECRET_KEY: fromSecret(keys, "api"),
    AIRFLOW__API_AUTH__JWT_SECRET: fromSecret(keys, "jwt"),
    AIRFLOW__API__BASE_URL: base,
    AIRFLOW__API__PORT: String(PORT),
    AIRFLOW__CORE__AUTH_MANAGER: FAB,
    AIRFLOW__FAB__CONFIG_FILE: `${FILES}/webserver_config.py`,
    AIRFLOW__FAB__ENABLE_PROXY_FIX: settings.url === undefined ? "False" : "True",
    AIRFLOW__CORE__EXECUTOR: "KubernetesExecutor",
    // Of each scheduler; the pool of all tasks has as many slots, and the namespace's quota as many pods.
    AIRFLOW__CORE__PARALLELISM: String(settings.worker.replicas),
    // A stack's DAGs are there to run.
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION: "False",
    AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK: "True",
    AIRFLOW__KUBERNETES_EXECUTOR__NAMESPACE: tasks,
    AIRFLOW__KUBERNETES_EXECUTOR__POD_TEMPLATE_FILE: `${TEMPLATE_DIRECTORY}/${TEMPLATE_FILE}`,
    // Their logs are in the object store.
    AIRFLOW__KUBERNETES_EXECUTOR__DELETE_WORKER_PODS_ON_FAILURE: "True",
    // A pod that the quota has no room for is asked for again.
    AIRFLOW__KUBERNETES_EXECUTOR__TASK_PUBLISH_MAX_RETRIES: "-1",
    AIRFLOW__KUBERNETES_EXECUTOR__WORKER_PODS_CREATION_BATCH_SIZE: "8",
  };
}

export interface CentralSecrets {
  readonly database: SecretKeys & {
    readonly endpoint: { readonly host: string; readonly port: number };
    readonly database: string;
  };
  /** Secret with the keys of the newest generation. */
  readonly keys: string;
  /** Secret with those of the generation before, as long as that is valid. */
  readonly before: string | undefined;
}

/** Names that the stack gives values to. */
export function given(settings: AirflowSettings): ReadonlySet<string> {
  const keys = { secret: "", userKey: "", passwordKey: "" };
  const endpoint = { host: "", port: 0, scheme: "http" } as ObjectStore["endpoint"];
  const buckets = { bronze: "", silver: "", gold: "", warehouse: "", backups: "", services: "" };
  const objects = { endpoint, region: "", sdk: { env: {}, iceberg: {} }, buckets };
  const at = { api: "", statsd: "", tasks: "", objects };
  const secrets = { database: { ...keys, endpoint, database: "" }, keys: "", before: undefined };
  const own = { ...settings, env: {} };
  const told = telling({ endpoint, secret: "", tokenKey: "" });
  const parts = [common(own), metered(at), logged(at, keys), reading(own), asking(at), told, central(own, at, secrets)];
  return new Set(parts.flatMap((part) => Object.keys(part)));
}

const connectionVariable = (id: string) => `AIRFLOW_CONN_${id.toUpperCase()}`;

/** Where DAGs come from: the stack's ConfigMap, and the owner's repository. */
function bundles({ dags: { git } }: AirflowSettings): object[] {
  const own = { name: "lakehouse", classpath: BUNDLES, kwargs: { path: DAGS } };
  if (git === undefined) return [own];
  const kwargs = {
    git_conn_id: GIT_CONNECTION,
    tracking_ref: git.branch,
    ...(git.subPath === undefined ? {} : { subdir: git.subPath }),
    refresh_interval: 60,
  };
  return [own, { name: "git", classpath: GIT_BUNDLES, kwargs }];
}

function gitConnection({ dags: { git } }: AirflowSettings): Env {
  if (git === undefined) return {};
  const { url, secret } = git;
  return {
    ...(secret === undefined
      ? {}
      : { LAKEHOUSE_GIT_USER: fromSecret(secret, "username"), LAKEHOUSE_GIT_PASSWORD: fromSecret(secret, "password") }),
    [connectionVariable(GIT_CONNECTION)]: JSON.stringify({
      conn_type: "git",
      host: url,
      ...(secret === undefined ? {} : { login: "$(LAKEHOUSE_GIT_USER)", password: "$(LAKEHOUSE_GIT_PASSWORD)" }),
    }),
  };
}
