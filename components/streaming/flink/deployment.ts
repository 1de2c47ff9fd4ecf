import type * as k8s from "@pulumi/kubernetes";

import type { PodGroup } from "../../core/pod-group";
import { imageFor } from "../../core/site";
import { type FlinkRole, processMemory, slots } from "./config";
import { type FlinkJob, SQL_DIRECTORY } from "./job";

export const API_VERSION = "flink.apache.org/v1beta1";
export const KIND = "FlinkDeployment";
/** Service account of all pods, with rights on ConfigMaps alone. */
export const SERVICE_ACCOUNT = "flink";
/** Part of Flink: runs the statements of a file as one application. */
const SQL_DRIVER = "org.apache.flink.table.runtime.application.SqlDriver";

interface Role {
  readonly replicas: number;
  /** Requested cores. The limit is a factor in Flink's configuration. */
  readonly resource: { readonly cpu: number; readonly memory: string };
  readonly podTemplate: k8s.types.input.core.v1.PodTemplateSpec;
}

/** The part of FlinkDeployment `v1beta1` that is used here. */
export interface FlinkDeploymentSpec {
  readonly image: string;
  readonly imagePullPolicy: "IfNotPresent";
  readonly flinkVersion: string;
  readonly mode: "standalone";
  readonly serviceAccount: string;
  readonly flinkConfiguration: Readonly<Record<string, string>>;
  readonly jobManager: Role;
  readonly taskManager: Role;
  readonly job: {
    readonly entryClass: string;
    readonly args: readonly string[];
    readonly parallelism: number;
    readonly state: "running";
    readonly upgradeMode: "last-state";
    readonly allowNonRestoredState: false;
  };
}

export interface DeploymentFacts {
  readonly image: string;
  /** Version of Flink, such as 2.0.2. */
  readonly version: string;
  readonly configuration: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<FlinkRole, PodGroup>>;
  readonly templates: Readonly<Record<FlinkRole, k8s.types.input.core.v1.PodTemplateSpec>>;
}

/**
 * The FlinkDeployment of a job. With `standalone` the operator creates all pods, as many as the plan counts; in the other mode
 * Flink creates TaskManagers itself and needs rights on every pod of the namespace.
 */
export function flinkDeployment(job: FlinkJob, facts: DeploymentFacts): FlinkDeploymentSpec {
  const { groups, templates } = facts;
  const role = (name: FlinkRole): Role => ({
    replicas: groups[name].replicas,
    resource: { cpu: groups[name].requests.cpu, memory: processMemory(groups[name].limits.memory, name) },
    podTemplate: templates[name],
  });
  return {
    image: imageFor(groups.jobmanager, facts.image),
    imagePullPolicy: "IfNotPresent",
    flinkVersion: flinkLine(facts.version),
    mode: "standalone",
    serviceAccount: SERVICE_ACCOUNT,
    flinkConfiguration: facts.configuration,
    jobManager: role("jobmanager"),
    taskManager: role("taskmanager"),
    job: {
      entryClass: SQL_DRIVER,
      args: ["--scriptUri", `file://${SQL_DIRECTORY}/${job.file}`],
      parallelism: parallelism(groups.taskmanager),
      state: "running",
      // From the newest checkpoint, which exists even when no savepoint can be taken.
      upgradeMode: "last-state",
      // State that the new job cannot take over would be lost silently.
      allowNonRestoredState: false,
    },
  };
}

/** Parallelism of the job: all slots. */
export const parallelism = ({ replicas, requests }: PodGroup): number => replicas * slots(requests.cpu);

/** `v2_0` of `2.0.2`, as the operator calls it. */
export function flinkLine(version: string): string {
  const [major = "", minor = ""] = version.split(".");
  return `v${major}_${minor}`;
}
