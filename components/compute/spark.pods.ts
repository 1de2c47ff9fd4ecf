import type * as k8s from "@pulumi/kubernetes";

import { JAR_DIRECTORY, JAR_ROOM } from "../core/jars";
import { container, emptyDirectory, type Mount } from "../core/operated-pod";
import { placement } from "../core/placement";
import { trustVolumes } from "../core/trust";
import type { PodGroup } from "../core/pod-group";
import { GiB, MiB } from "../core/quantity";
import type { ContainerArgs } from "../core/pod";
import { DECOMMISSION_SECONDS, LOCAL_DIRECTORY } from "./spark.config";
import { JOB_CONFIG_MAP, JOB_DIRECTORY } from "./spark.jobs";

export type PodTemplate = k8s.types.input.core.v1.PodTemplateSpec;

export type SparkRole = "driver" | "executor";

/** User and group of upstream's image (`spark_uid` in its Dockerfile). */
export const USER = 185;

/** Spark and Python leave small files there. */
const WORK_DIRECTORY = "/opt/spark/work-dir";
/** Disk for shuffle and spill per byte of memory. */
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
}

/**
 * What Spark cannot say by itself about its pods. Spark merges it by the container's name and sets image, command,
 * resources, service account and labels; the operator would otherwise patch the rest in by its webhook.
 */
export function sparkPodTemplate(role: SparkRole, facts: SparkPodFacts): PodTemplate {
  const { group, fetcher } = facts;
  const scratch = [
    emptyDirectory(group, "tmp", "/tmp"),
    emptyDirectory(group, "work", WORK_DIRECTORY),
    emptyDirectory(group, "spark-local-dir-1", LOCAL_DIRECTORY),
  ];
  const library = fetcher === undefined ? [] : [emptyDirectory(group, "jars", JAR_DIRECTORY)];
  const jobs: Mount[] =
    role === "driver"
      ? [{ volume: { name: "jobs", configMap: { name: JOB_CONFIG_MAP } }, path: JOB_DIRECTORY, readOnly: true }]
      : [];
  const mounts = [...scratch, ...library.map((mount) => ({ ...mount, readOnly: true })), ...jobs];
  return {
    spec: {
      // Executors never call the Kubernetes API.
      automountServiceAccountToken: role === "driver",
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...placement(group),
      ...(group.priorityClass === undefined ? {} : { priorityClassName: group.priorityClass }),
      terminationGracePeriodSeconds: role === "executor" ? DECOMMISSION_SECONDS : 30,
      ...(fetcher === undefined
        ? {}
        : { initContainers: [container(fetcher, group, [...scratch.slice(0, 1), ...library])] }),
      containers: [container({ name: `spark-kubernetes-${role}`, image: facts.image, env: facts.env }, group, mounts)],
      volumes: [...mounts.map(({ volume }) => volume), ...trustVolumes(group)],
    },
  };
}
