import type * as k8s from "@pulumi/kubernetes";

import { JAR_DIRECTORY, JAR_ROOM } from "../core/jars";
import { container, emptyDirectory, type Mount, operatedPod } from "../core/operated-pod";
import type { PodGroup } from "../core/pod-group";
import { GiB, MiB } from "../core/quantity";
import type { ContainerArgs } from "../core/pod";
import { DECOMMISSION_SECONDS, LOCAL_DIRECTORY } from "./spark-conf";

/** A PodTemplateSpec whose fields are known. */
export interface PodTemplate {
  readonly metadata?: k8s.types.input.meta.v1.ObjectMeta;
  readonly spec: k8s.types.input.core.v1.PodSpec;
}

export type SparkRole = "driver" | "executor";

/** User and group of upstream's image (`spark_uid` in its Dockerfile). */
export const USER = 185;

/** Rights of whatever makes executors, as in the operator's chart; a driver needs `deletecollection` to clean up when it ends. */
export const DRIVER_RULE = {
  apiGroups: [""],
  resources: ["configmaps", "persistentvolumeclaims", "pods", "services"],
  verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
};

/** Directory for small files of Spark and Python. */
const WORK_DIRECTORY = "/opt/spark/work-dir";
/** Bytes of disk for shuffle and spill per byte of memory. */
const LOCAL_DISK_RATIO = 5;

/**
 * Empty directories of a pod: bytes by mount path.
 * @param memory of the pod, in bytes
 * @param fetch whether libraries are fetched at start
 */
export function sparkScratch(memory: number, fetch: boolean): NonNullable<PodGroup["scratch"]> {
  return {
    "/tmp": GiB,
    [WORK_DIRECTORY]: 256 * MiB,
    [LOCAL_DIRECTORY]: LOCAL_DISK_RATIO * memory,
    ...(fetch ? { [JAR_DIRECTORY]: JAR_ROOM } : {}),
  };
}

export interface SparkPodFacts {
  readonly group: PodGroup;
  readonly image: string;
  readonly env: NonNullable<ContainerArgs["env"]>;
  /** Fetches the libraries that the image lacks; undefined when it has them. */
  readonly fetcher: ContainerArgs | undefined;
  /** Further volumes. @default none */
  readonly mounts?: readonly Mount[];
}

/**
 * Pod template with the fields for which Spark has no configuration. Spark merges it by the container's name and sets image,
 * command, resources, service account and labels. Without it the operator's webhook would have to patch pods.
 */
export function sparkPodTemplate(role: SparkRole, facts: SparkPodFacts): PodTemplate {
  const { group, fetcher, mounts: more = [] } = facts;
  const scratch = [
    emptyDirectory(group, "tmp", "/tmp"),
    emptyDirectory(group, "work", WORK_DIRECTORY),
    emptyDirectory(group, "spark-local-dir-1", LOCAL_DIRECTORY),
  ];
  const library = fetcher === undefined ? [] : [emptyDirectory(group, "jars", JAR_DIRECTORY)];
  const mounts = [...scratch, ...library.map((mount) => ({ ...mount, readOnly: true })), ...more];
  const pod = operatedPod({
    group,
    user: USER,
    // Executors never call the Kubernetes API.
    token: role === "driver",
    initContainers: fetcher === undefined ? [] : [container(fetcher, group, [...scratch.slice(0, 1), ...library])],
    containers: [container({ name: `spark-kubernetes-${role}`, image: facts.image, env: facts.env }, group, mounts)],
    mounts,
  });
  return { spec: { ...pod, terminationGracePeriodSeconds: role === "executor" ? DECOMMISSION_SECONDS : 30 } };
}
