import { stringify } from "yaml";

import { placement } from "../../core/placement";
import { groupName, type PodGroup, resourceRequirements } from "../../core/pod-group";
import { dataPodSecurity, RESTRICTED } from "../../core/pod-security";
import { formatBytes, MiB } from "../../core/quantity";
import { imageFor, pullSecrets } from "../../core/site";
import { type Labels, labels } from "../../core/labels";
import { trustAnnotations, trustEnv, trustMounts, trustVolumes } from "../../core/trust";
import { pins } from "./pins";
import { ALERTMANAGER, operatedLabels, type PROMETHEUS, RELOADER } from "./pods";
import type { PrometheusSettings, SecretKey } from "./settings";

export const PORT = 9090;
export const HEALTH = "/-/healthy";
export const METRICS = { portName: "web", port: PORT } as const;
export const RELOADER_METRICS = { portName: "reloader-web", port: 8080 } as const;
/** Secret and key of scrapes that are no monitors. */
export const SCRAPES = { role: "scrapes", key: "scrapes.yaml" } as const;
export const KUBELET_PORT = 10_250;

/** `nobody`, and the group of the volume. */
const USER = 65_534;
/** Share of the volume that blocks may take; the write-ahead log, of some hours, takes the rest. */
const BLOCKS = 0.8;
const INTERVAL = "30s";

/** Part of a resource of the operator that Prometheus and Alertmanager share: pods, their place, their size. */
export function operatedSpec(group: PodGroup, image: string, version: string, main: string): Record<string, unknown> {
  const [volume] = group.volumes;
  const sidecar = group.sidecars?.find(({ name }) => name === RELOADER);
  if (volume === undefined || sidecar === undefined)
    throw new Error(`${groupName(group)} has no volume, or no ${RELOADER}`);
  const env = Object.entries(trustEnv(group)).map(([variable, value]) => ({ name: variable, value }));
  const [volumes, volumeMounts, annotations] = [trustVolumes(group), trustMounts(group), trustAnnotations(group)];
  const each = { securityContext: RESTRICTED, ...(env.length > 0 && { env, volumeMounts }) };
  const small = { resources: resourceRequirements(sidecar), ...each };
  const kind = group.service as typeof PROMETHEUS | typeof ALERTMANAGER;
  return {
    image: imageFor(group, image),
    version: `v${version}`,
    replicas: group.replicas,
    ...pullSecrets(group),
    serviceAccountName: kind,
    podMetadata: { labels: ownLabels(group, version), ...(Object.keys(annotations).length > 0 && { annotations }) },
    enableServiceLinks: false,
    priorityClassName: group.priorityClass,
    ...placement(group, operatedLabels(kind)),
    securityContext: dataPodSecurity(USER),
    resources: resourceRequirements(group),
    // Merged with the operator's own containers, which have no size else.
    containers: [
      { name: main, ...each },
      { name: RELOADER, ...small },
    ],
    initContainers: [{ name: `init-${RELOADER}`, ...small }],
    ...(volumes.length > 0 && { volumes }),
    storage: {
      volumeClaimTemplate: {
        metadata: { name: volume.name },
        spec: {
          accessModes: ["ReadWriteOnce"],
          ...(volume.storageClass === undefined ? {} : { storageClassName: volume.storageClass }),
          resources: { requests: { storage: formatBytes(volume.size) } },
        },
      },
    },
  };
}

/** Labels beside those that the operator sets itself, which it lets nobody change. */
function ownLabels(group: PodGroup, version: string): Record<string, string> {
  const taken = ["name", "instance", "managed-by"].map((key) => `app.kubernetes.io/${key}`);
  return Object.fromEntries(Object.entries(labels({ ...group, version })).filter(([key]) => !taken.includes(key)));
}

const credentials = ({ name, key }: SecretKey) => ({ authorization: { type: "Bearer", credentials: { name, key } } });

export interface PrometheusFacts {
  readonly group: PodGroup;
  readonly settings: PrometheusSettings;
  /** Labels of monitors and rules that it finds, in namespaces of the stack. */
  readonly selector: Labels;
  /** Secret with further scrapes. */
  readonly scrapes: string;
}

/** Specification of the resource `Prometheus`. */
export function prometheusSpec({ group, settings, selector, scrapes }: PrometheusFacts): Record<string, unknown> {
  const [volume] = group.volumes;
  const found = { matchLabels: { ...selector } };
  const namespaces = { matchLabels: { "app.kubernetes.io/part-of": "lakehouse" } };
  const kinds = ["podMonitor", "serviceMonitor", "probe", "scrapeConfig", "rule"];
  return {
    ...operatedSpec(group, pins.prometheus.image, pins.prometheus.version, "prometheus"),
    // A selector that is left out finds nothing; one without labels finds what anybody wrote.
    ...Object.fromEntries(
      kinds.flatMap((kind) => [
        [`${kind}Selector`, found],
        [`${kind}NamespaceSelector`, namespaces],
      ]),
    ),
    scrapeInterval: INTERVAL,
    evaluationInterval: INTERVAL,
    retention: `${String(settings.retentionDays)}d`,
    retentionSize: `${String(Math.floor(((volume?.size ?? 0) * BLOCKS) / MiB))}MiB`,
    alerting: { alertmanagers: [{ namespace: group.namespace, name: ALERTMANAGER, port: "web", apiVersion: "v2" }] },
    additionalScrapeConfigs: { name: scrapes, key: SCRAPES.key },
    // Who may write a monitor may not read files of Prometheus by it.
    arbitraryFSAccessThroughSMs: { deny: true },
    ...(settings.remoteWrite.length === 0
      ? {}
      : {
          remoteWrite: settings.remoteWrite.map(({ url, secret }) => ({
            url,
            ...(secret === undefined ? {} : credentials(secret)),
          })),
        }),
  };
}

/** Series of cAdvisor and of the kubelet that are kept: of some thousands a node. */
const KEPT =
  "container_(cpu_(usage_seconds|cfs_(throttled_)?periods)_total|memory_(working_set|rss)_bytes|fs_(usage|limit)_bytes|network_(receive|transmit)_bytes_total|oom_events_total|start_time_seconds)|kubelet_(volume_stats_.+|running_pods)";

/** Each node's kubelet: what containers take, and how full volumes are. Its certificate is its own, so it is not verified. */
export function kubeletScrapes(): string {
  const token = "/var/run/secrets/kubernetes.io/serviceaccount/token";
  const job = (name: string, path: string) => ({
    job_name: name,
    scheme: "https",
    metrics_path: path,
    scrape_interval: INTERVAL,
    authorization: { type: "Bearer", credentials_file: token },
    tls_config: { insecure_skip_verify: true },
    kubernetes_sd_configs: [{ role: "node" }],
    relabel_configs: [{ source_labels: ["__meta_kubernetes_node_name"], target_label: "node" }],
    // Its labels `namespace` and `pod` are those of the containers.
    honor_labels: true,
    metric_relabel_configs: [{ source_labels: ["__name__"], regex: KEPT, action: "keep" }],
  });
  return stringify([job("kubelet", "/metrics"), job("cadvisor", "/metrics/cadvisor")]);
}

/** Rights of Prometheus: it finds pods and nodes, and reads metrics of kubelets. It reads no Secret: the operator hands it what monitors name. */
export const RULES = [
  { apiGroups: [""], resources: ["nodes", "pods", "services", "endpoints"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
];
