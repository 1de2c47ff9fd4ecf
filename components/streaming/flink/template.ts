import type * as k8s from "@pulumi/kubernetes";

import type { TopicAccess } from "../../core/capabilities";
import { fingerprint } from "../../core/fingerprint";
import { JAR_DIRECTORY, JAR_ROOM } from "../../core/jars";
import { DOMAIN, labels } from "../../core/labels";
import { container, emptyDirectory, type Mount, operatedPod } from "../../core/operated-pod";
import type { ContainerArgs } from "../../core/pod";
import type { PodGroup } from "../../core/pod-group";
import { GiB, MiB } from "../../core/quantity";
import { pullSecrets } from "../../core/site";
import { trustAnnotations } from "../../core/trust";
import { type FlinkRole, PORTS, WORK_DIRECTORY } from "./config";
import { CA_DIRECTORY, SQL_DIRECTORY } from "./job";
import { pins } from "./pins";

type PodTemplate = k8s.types.input.core.v1.PodTemplateSpec;

/** User and group of upstream's image. */
export const USER = 9999;
/** Flink merges its own container with the one of this name. */
export const MAIN_CONTAINER = "flink-main-container";
/** Directory of the S3 plugin, which the image does not have. */
const S3_PLUGIN = "/opt/flink/plugins/s3-fs-presto";
const LOG_DIRECTORY = "/opt/flink/log";

/**
 * Empty directories of a pod: bytes by mount path.
 * @param work bytes for state beyond memory
 * @param fetch whether libraries are fetched at start
 */
export function flinkScratch(work: number, fetch: boolean): NonNullable<PodGroup["scratch"]> {
  return {
    "/tmp": GiB,
    [LOG_DIRECTORY]: 256 * MiB,
    [WORK_DIRECTORY]: work,
    [S3_PLUGIN]: 256 * MiB,
    ...(fetch ? { [JAR_DIRECTORY]: JAR_ROOM } : {}),
  };
}

export interface FlinkPodFacts {
  readonly group: PodGroup;
  readonly image: string;
  readonly env: NonNullable<ContainerArgs["env"]>;
  /** Fetches the libraries that the image lacks; undefined when it has them. */
  readonly fetcher: ContainerArgs | undefined;
  readonly ca: TopicAccess["ca"];
  /** The ConfigMap of the job's SQL, and its text: a changed text upgrades the job. */
  readonly sql: { readonly configMap: string; readonly text: string };
}

/** Pod template with the fields for which Flink has no configuration; Flink adds image, command, resources, configuration and account. */
export function flinkPodTemplate(role: FlinkRole, facts: FlinkPodFacts): PodTemplate {
  const { group, fetcher } = facts;
  const temporary = emptyDirectory(group, "tmp", "/tmp");
  const libraries = fetcher === undefined ? [] : [emptyDirectory(group, "jars", JAR_DIRECTORY)];
  const plugin = emptyDirectory(group, "s3-plugin", S3_PLUGIN);
  const mounts: Mount[] = [
    temporary,
    emptyDirectory(group, "log", LOG_DIRECTORY),
    emptyDirectory(group, "work", WORK_DIRECTORY),
    ...[plugin, ...libraries].map((mount) => ({ ...mount, readOnly: true })),
    ...(facts.ca === undefined
      ? []
      : [{ volume: { name: "kafka-ca", secret: secretFile(facts.ca) }, path: CA_DIRECTORY, readOnly: true }]),
    ...(role === "jobmanager"
      ? [{ volume: { name: "sql", configMap: { name: facts.sql.configMap } }, path: SQL_DIRECTORY, readOnly: true }]
      : []),
  ];
  const main = container({ name: MAIN_CONTAINER, image: facts.image, env: environment(facts) }, group, mounts);
  const pod = operatedPod({
    group,
    user: USER,
    // With high availability both roles find the leader in a ConfigMap.
    token: true,
    initContainers: [
      container(s3Plugin(facts.image), group, [plugin]),
      ...(fetcher === undefined ? [] : [container(fetcher, group, [temporary, ...libraries])]),
    ],
    // Flink names the other ports itself.
    containers: [{ ...main, ports: [{ name: "metrics", containerPort: PORTS.metrics }] }],
    mounts,
  });
  return {
    metadata: {
      labels: labels({ ...group, version: pins.flink.version }),
      // The operator upgrades the deployment when its specification changes, and a ConfigMap's text is no part of that.
      annotations: { [`${DOMAIN}/config`]: fingerprint(facts.sql.text), ...trustAnnotations(group) },
    },
    spec: { ...pod, ...pullSecrets(group) },
  };
}

/** Copies the plugin to the folder of plugins. The image's own way needs a writable root file system. */
function s3Plugin(image: string): ContainerArgs {
  return {
    name: "s3-plugin",
    image,
    command: ["/bin/sh", "-ec"],
    args: [`cp /opt/flink/opt/flink-s3-fs-presto-*.jar ${S3_PLUGIN}/`],
  };
}

function environment({ env }: FlinkPodFacts): NonNullable<ContainerArgs["env"]> {
  // Flink's scripts put this at the end of the class path of every process.
  return { ...env, HADOOP_CLASSPATH: `${JAR_DIRECTORY}/*` };
}

function secretFile({ secret, key }: NonNullable<TopicAccess["ca"]>): k8s.types.input.core.v1.SecretVolumeSource {
  return { secretName: secret, items: [{ key, path: key }] };
}
