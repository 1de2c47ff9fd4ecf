import type { Labels } from "../../core/labels";
import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { GiB, MiB } from "../../core/quantity";
import * as search from "../search-nodes";
import type { ElasticsearchSettings } from "./settings";

/** Name of the Elasticsearch resource, and prefix of the names of the objects that the operator creates for it. */
export const NAME = "elasticsearch";
/** Users, rights and the exporter. */
export const ACCESS = "elasticsearch-access";
export const KIBANA = "kibana";
export const LOGSTASH = "logstash";
export const OPERATOR = "elastic-operator";

/** Name of the claim that the operator requires. */
export const DATA = "elasticsearch-data";
export const DATA_DIRECTORY = "/usr/share/elasticsearch/data";
const HOME = "/usr/share/elasticsearch";

/** Empty directories that the operator adds to each node, by mount path, and the names that it gives their volumes. */
export const NODE_VOLUMES: Readonly<Record<string, string>> = {
  "/tmp": "tmp-volume",
  [`${HOME}/bin`]: "elastic-internal-elasticsearch-bin-local",
  [`${HOME}/config`]: "elastic-internal-elasticsearch-config-local",
  [`${HOME}/plugins`]: "elastic-internal-elasticsearch-plugins-local",
  [`${HOME}/logs`]: "elasticsearch-logs",
  [DATA_DIRECTORY]: DATA,
};
export const KIBANA_VOLUMES: Readonly<Record<string, string>> = {
  "/tmp": "temp-volume",
  "/usr/share/kibana/config": "elastic-internal-kibana-config-local",
  "/usr/share/kibana/data": "kibana-data",
  "/usr/share/kibana/logs": "kibana-logs",
  "/usr/share/kibana/plugins": "kibana-plugins",
};
export const LOGSTASH_VOLUMES: Readonly<Record<string, string>> = {
  "/tmp": "tmp",
  "/usr/share/logstash/config": "config",
  "/usr/share/logstash/logs": "logstash-logs",
};
/** Name of the claim of each Logstash, fixed by the operator. */
export const QUEUE = "logstash-data";
export const QUEUE_DIRECTORY = "/usr/share/logstash/data";

/** Scratch of pods at the mount paths of some volumes. */
const scratch = (volumes: Readonly<Record<string, string>>, sizes: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.keys(volumes).flatMap((path) => (sizes[path] === undefined ? [] : [[path, sizes[path]]])));

export const nodePods = (platform: Platform, settings: ElasticsearchSettings): PodGroup[] =>
  search.nodePods(platform, {
    service: NAME,
    sizes: settings,
    data: { name: DATA, size: settings.volume, path: DATA_DIRECTORY },
    scratch: {
      "/tmp": 256 * MiB,
      [`${HOME}/bin`]: 64 * MiB,
      [`${HOME}/config`]: 16 * MiB,
      [`${HOME}/plugins`]: 64 * MiB,
      [`${HOME}/logs`]: GiB,
    },
  });

export const accessPods = (platform: Platform, { exporter }: ElasticsearchSettings): PodGroup[] =>
  search.accessPods(platform, ACCESS, { ...exporter, replicas: 1 });

export function kibanaPods(platform: Platform, { kibana }: ElasticsearchSettings): PodGroup[] {
  if (!kibana.enabled) return [];
  const named = (role: string) => ({ service: KIBANA, role, namespace: platform.namespace("storage") });
  const sizes = {
    "/tmp": 256 * MiB,
    "/usr/share/kibana/config": 16 * MiB,
    "/usr/share/kibana/data": 256 * MiB,
    "/usr/share/kibana/logs": 64 * MiB,
    "/usr/share/kibana/plugins": 64 * MiB,
  };
  return [
    platform.podGroup({ ...named("server"), scratch: scratch(KIBANA_VOLUMES, sizes) }, kibana.server),
    platform.podGroup({ ...named("setup"), lifetime: "once", scratch: { "/tmp": 16 * MiB } }, search.SETUP),
  ];
}

export function logstashPods(platform: Platform, { logstash }: ElasticsearchSettings): PodGroup[] {
  if (logstash.pipelines.length === 0) return [];
  const sizes = { "/tmp": 256 * MiB, "/usr/share/logstash/config": 16 * MiB, "/usr/share/logstash/logs": GiB };
  return [
    platform.podGroup(
      {
        service: LOGSTASH,
        role: "server",
        namespace: platform.namespace("storage"),
        volumes: [platform.volume(QUEUE, logstash.volume)],
        scratch: scratch(LOGSTASH_VOLUMES, sizes),
      },
      logstash.server,
    ),
  ];
}

export function operatorPods(platform: Platform, { operatorSize }: ElasticsearchSettings): [PodGroup] {
  const names = { service: OPERATOR, role: OPERATOR, namespace: platform.namespace("operators") };
  return [platform.podGroup(names, operatorSize)];
}

/** Label that the chart gives the pods of its release. */
export const operatorLabels: Labels = { "app.kubernetes.io/name": OPERATOR };
