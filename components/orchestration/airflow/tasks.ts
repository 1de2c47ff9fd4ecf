import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Jobs, ObjectStore, SqlEngine } from "../../core/capabilities";
import { type Endpoint, outsideEndpoint } from "../../core/endpoint";
import { fromSecret } from "../../core/env";
import type { Governance } from "../../core/governance";
import { tagOf } from "../../core/image";
import { labels, MADE } from "../../core/labels";
import { container, emptyDirectory, type Mount, operatedPod } from "../../core/operated-pod";
import type { ContainerArgs } from "../../core/pod";
import type { PodGroup } from "../../core/pod-group";
import { rights } from "../../core/rbac";
import { Service } from "../../core/service";
import { pullSecrets } from "../../core/site";
import type { Facts } from "../../core/system";
import { trustAnnotations } from "../../core/trust";
import { connections, sqlConnection, SUBMIT_RULES, variables } from "./config";
import { type Addresses, asking, common, DAGS, logged, LOGS, metered, reading, telling } from "./environment";
import { pins } from "./pins";
import { AIRFLOW, HOME, TASK, taskPods } from "./pods";
import type { AirflowSettings } from "./settings";

type Template = k8s.types.input.core.v1.PodTemplateSpec;

export interface TasksArgs extends Facts<AirflowSettings> {
  readonly objects: ObjectStore;
  readonly work: Jobs | undefined;
  readonly sql: SqlEngine | undefined;
  readonly governance: Governance | undefined;
  readonly at: Addresses;
  /** Files of the DAG folder. */
  readonly dags: Readonly<Record<string, string>>;
}

/** The image's user. */
export const USER = 50_000;
const VOLUME = "dags";

/** Starts what schedulers name: upstream's start script would look for the database, which tasks do not have. */
export const INIT = ["/usr/bin/dumb-init", "--"];

/** Pods of tasks, which schedulers make of one template: they have no way to the database, and none of Airflow's keys. */
export class AirflowTasks extends Service {
  readonly template: Template;

  constructor(args: TasksArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, work, sql, governance, at, dags } = args;
    super(
      "orchestration:AirflowTasks",
      TASK,
      { namespace: platform.namespace("airflow-tasks"), pods: taskPods(platform, settings) },
      opts,
    );
    const child = { parent: this };
    const keys = this.use(objects.grant(this, [{ bucket: "services", owner: AIRFLOW, prefix: LOGS, level: "append" }]));
    const asks = sql === undefined ? undefined : this.use(sqlConnection(sql, this, TRINO_PASSWORD));
    const told = governance === undefined ? undefined : this.use(governance.lineageOf(this));
    if (work !== undefined) this.submits(work, platform.apiServer);
    const repository = gitEndpoint(settings, TASK);
    if (repository !== undefined) this.link(repository);

    new k8s.core.v1.ServiceAccount(
      TASK,
      { metadata: this.metadata(TASK, TASK), automountServiceAccountToken: false },
      child,
    );
    new k8s.core.v1.ConfigMap(FOLDER, { metadata: this.metadata(FOLDER, VOLUME), data: dags }, child);
    const env = {
      ...common(settings),
      ...metered(at),
      ...logged(at, keys),
      ...reading(settings),
      ...asking(at),
      ...telling(told),
      ...places(work, asks),
    };
    const group = this.group(TASK);
    const { image = pins.airflow.image } = settings;
    const version = settings.image === undefined ? pins.airflow.version : tagOf(image);
    this.template = taskTemplate({ group, image, version, env, token: work !== undefined });
    const metadata = { ...this.metadata(TASK, TASK, version), annotations: { [MADE]: String(group.replicas) } };
    // Schedulers have the same in a file: it is here so that policies, quotas and people see it.
    new k8s.core.v1.PodTemplate(TASK, { metadata, template: this.template }, { parent: this, dependsOn: this.parts });
    this.registerOutputs();
  }

  /** Tasks hand Spark's jobs over to Kubernetes. */
  private submits({ namespace }: Jobs, apiServer: Endpoint): void {
    const name = `${AIRFLOW}-submit`;
    const metadata = { ...this.metadata(name, "submit"), namespace };
    rights({ metadata, rules: SUBMIT_RULES, account: { name: TASK, namespace: this.namespace } }, this);
    this.link(apiServer);
  }
}

const FOLDER = `${TASK}-${VOLUME}`;

/** Of the user of Trino: Kubernetes puts it into the connection, which stands after it. */
const PASSWORD_VARIABLE = "AIRFLOW_TRINO_PASSWORD";
export const TRINO_PASSWORD = `$(${PASSWORD_VARIABLE})`;

/** Connections and variables of DAGs; none of them is secret. */
export const places = (work: Jobs | undefined, sql: ReturnType<typeof sqlConnection> | undefined) => ({
  ...(sql?.login === undefined ? {} : { [PASSWORD_VARIABLE]: fromSecret(sql.login.secret, sql.login.passwordKey) }),
  ...Object.fromEntries(
    Object.entries(connections(work?.namespace, sql)).map(([name, connection]) => [name, JSON.stringify(connection)]),
  ),
  ...variables(work?.namespace),
});

/** The owner's repository, for the pods that read DAGs. */
export function gitEndpoint({ dags: { git } }: AirflowSettings, service: string): Endpoint | undefined {
  if (git === undefined) return undefined;
  const reason = "the repository with DAGs stands outside of the cluster";
  return outsideEndpoint({ name: `${service}-git`, url: git.url, cidrs: git.cidrs, reason });
}

interface TaskFacts {
  readonly group: PodGroup;
  readonly image: string;
  readonly version: string;
  readonly env: NonNullable<ContainerArgs["env"]>;
  /** Whether tasks sign in to Kubernetes. */
  readonly token: boolean;
}

/** The pod of a task without what is the task's own. Schedulers look for a container named `base`. */
export function taskTemplate({ group, image, version, env, token }: TaskFacts): Template {
  const mounts: Mount[] = [
    emptyDirectory(group, "tmp", "/tmp"),
    emptyDirectory(group, "home", HOME),
    { volume: { name: VOLUME, configMap: { name: FOLDER } }, path: DAGS, readOnly: true },
  ];
  const base = container({ name: "base", image, command: INIT, env }, group, mounts);
  const pod = operatedPod({ group, user: USER, token, initContainers: [], containers: [base], mounts });
  const annotations = trustAnnotations(group);
  return {
    metadata: {
      labels: labels({ ...group, version }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: { ...pod, serviceAccountName: TASK, restartPolicy: "Never", ...pullSecrets(group) },
  };
}
