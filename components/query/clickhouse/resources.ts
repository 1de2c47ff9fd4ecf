import type * as k8s from "@pulumi/kubernetes";

import { labels } from "../../core/labels";
import { container, emptyDirectory, type Mount, operatedPod } from "../../core/operated-pod";
import type { ContainerArgs } from "../../core/pod";
import { groupName, type PodGroup } from "../../core/pod-group";
import { formatBytes } from "../../core/quantity";
import { pullSecrets } from "../../core/site";
import { trustAnnotations } from "../../core/trust";
import * as config from "./config";
import { OPERATOR_USER } from "./operator.config";
import { pins } from "./pins";
import { CLUSTER, DATA, keeperHosts } from "./pods";
import type { ClickhouseSettings } from "./settings";

/** The operator's two resources, as pure functions: it makes a StatefulSet of one pod, a Service and a ConfigMap for each host. */

export const INSTALLATION = { apiVersion: "clickhouse.altinity.com/v1", kind: "ClickHouseInstallation" } as const;
export const KEEPERS = {
  apiVersion: "clickhouse-keeper.altinity.com/v1",
  kind: "ClickHouseKeeperInstallation",
} as const;

/** User and group of both images. */
export const USER = 101;
/** Names of hosts without the cluster's domain, which differs between clusters. */
const DOMAIN_PATTERN = "%s.svc";
/** Longer than a server waits for running statements. */
const GRACE_SECONDS = 90;

/** Secrets that the servers' pods read besides those of grants. */
export const INTERNAL = { secret: "clickhouse-internal", cluster: "cluster", interserver: "interserver" } as const;
export const USERS_SECRET = "clickhouse-users";

/**
 * Rights of the operator's own user: status of servers, and removal of lost replicas. Replicated databases create their tables, so
 * the operator needs no right on tables.
 */
const OPERATOR_GRANTS = [
  "GRANT SELECT ON system.*",
  "GRANT SHOW DATABASES, SHOW TABLES, SHOW COLUMNS ON *.*",
  "GRANT SYSTEM DROP REPLICA, SYSTEM SYNC REPLICA, SYSTEM SHUTDOWN ON *.*",
  "GRANT REMOTE ON *.*",
];

/** Objects that the operator deletes for hosts that are no longer described. Volumes stay. */
const CLEANUP = {
  unknownObjects: { statefulSet: "Delete", pvc: "Retain", configMap: "Delete", service: "Delete" },
  reconcileFailedObjects: { statefulSet: "Retain", pvc: "Retain", configMap: "Retain", service: "Retain" },
};

export interface ServerFacts {
  readonly group: PodGroup;
  readonly settings: ClickhouseSettings;
  /** The stack's part of the configuration. */
  readonly xml: string;
  readonly env: NonNullable<ContainerArgs["env"]>;
}

/** Servers: shards, each with its replicas. */
export function installationSpec({ group, settings, xml, env }: ServerFacts): object {
  const { shards, server } = settings;
  const users: Mount = {
    volume: { name: "users", secret: { secretName: USERS_SECRET, defaultMode: 0o440 } },
    path: config.USERS_DIRECTORY,
    readOnly: true,
  };
  return {
    namespaceDomainPattern: DOMAIN_PATTERN,
    // A roll takes one server after the other; each shard keeps a server that answers where it has two.
    reconcile: {
      cleanup: CLEANUP,
      runtime: { reconcileShardsThreadsNumber: 1, reconcileShardsMaxConcurrencyPercent: 1 },
    },
    defaults: {
      templates: { podTemplate: "server", dataVolumeClaimTemplate: DATA, serviceTemplate: "servers" },
      storageManagement: { provisioner: "StatefulSet", reclaimPolicy: "Retain" },
    },
    configuration: {
      zookeeper: {
        nodes: keeperHosts(settings).map((host) => ({ host, port: config.KEEPER_PORTS.zk })),
        session_timeout_ms: 30_000,
        operation_timeout_ms: 10_000,
      },
      users: {
        // `default` has no password, so it may sign in from the pod itself only.
        "default/networks/ip": ["127.0.0.1", "::1"],
        "default/networks/host_regexp": "^localhost$",
        [`${OPERATOR_USER}/grants/query`]: OPERATOR_GRANTS,
      },
      // The default profile, because each host runs the distributed statement under it.
      ...(settings.iceberg === "off" ? {} : { profiles: { "default/allow_experimental_database_iceberg": 1 } }),
      files: { "config.d/lakehouse.xml": xml },
      clusters: [
        {
          name: CLUSTER,
          secret: { valueFrom: { secretKeyRef: { name: INTERNAL.secret, key: INTERNAL.cluster } } },
          // Replicated databases create their tables on new hosts.
          schemaPolicy: { replica: "None", shard: "None" },
          pdbManaged: "yes",
          pdbMaxUnavailable: 1,
          layout: { shardsCount: shards, replicasCount: server.replicas },
        },
      ],
    },
    templates: {
      podTemplates: [
        podTemplate("server", group, {
          main: {
            name: "clickhouse",
            image: pins.clickhouse.image,
            // The entrypoint of the image writes beside the configuration.
            command: ["clickhouse-server"],
            args: ["--config-file=/etc/clickhouse-server/config.xml"],
            env,
          },
          version: pins.clickhouse.version,
          ports: { ...config.PORTS, [config.METRICS.portName]: config.METRICS.port },
          mounts: [users],
          probes: probes({ httpGet: { path: config.HEALTH, port: "http" } }),
        }),
      ],
      volumeClaimTemplates: [claim(group)],
      serviceTemplates: [
        {
          name: "servers",
          generateName: config.SERVICE,
          spec: {
            type: "ClusterIP",
            ports: [
              { name: "http", port: config.PORTS.http, targetPort: config.PORTS.http },
              { name: "tcp", port: config.PORTS.tcp, targetPort: config.PORTS.tcp },
            ],
          },
        },
      ],
    },
  };
}

/** ClickHouse Keeper: one, three or five that agree by Raft. */
export function keeperSpec(group: PodGroup): object {
  return {
    namespaceDomainPattern: DOMAIN_PATTERN,
    reconciling: { cleanup: CLEANUP },
    defaults: {
      templates: { podTemplate: "keeper", dataVolumeClaimTemplate: DATA },
      storageManagement: { provisioner: "StatefulSet", reclaimPolicy: "Retain" },
    },
    configuration: {
      files: { "keeper_config.d/lakehouse.xml": config.keeperXml(group) },
      clusters: [{ name: CLUSTER, pdbManaged: "yes", pdbMaxUnavailable: 1, layout: { replicasCount: group.replicas } }],
    },
    templates: {
      podTemplates: [
        podTemplate("keeper", group, {
          main: {
            name: "clickhouse-keeper",
            image: pins.clickhouseKeeper.image,
            command: ["clickhouse-keeper"],
            args: ["--config-file=/etc/clickhouse-keeper/keeper_config.xml"],
          },
          version: pins.clickhouseKeeper.version,
          ports: {
            ...config.KEEPER_PORTS,
            control: config.KEEPER_CONTROL,
            [config.METRICS.portName]: config.METRICS.port,
          },
          mounts: [],
          probes: {
            ...probes({ tcpSocket: { port: "zk" } }),
            // Ready only within a majority, so that a roll waits before the next one.
            readinessProbe: { httpGet: { path: "/ready", port: "control" }, periodSeconds: 10, failureThreshold: 3 },
          },
        }),
      ],
      volumeClaimTemplates: [claim(group)],
    },
  };
}

type Container = k8s.types.input.core.v1.Container;
type Probes = Pick<Container, "startupProbe" | "readinessProbe" | "livenessProbe">;

/** The startup probe is patient: a server loads the tables of its volume first. */
const probes = (asked: object): Probes => ({
  startupProbe: { ...asked, periodSeconds: 5, failureThreshold: 120 },
  readinessProbe: { ...asked, periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 5 },
  livenessProbe: { ...asked, periodSeconds: 15, failureThreshold: 8, timeoutSeconds: 5 },
});

interface TemplateFacts {
  readonly main: ContainerArgs;
  readonly version: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly mounts: readonly Mount[];
  readonly probes: Probes;
}

/** The operator adds its ConfigMaps and the volume to the container, and labels of its own to the pod. */
function podTemplate(name: string, group: PodGroup, { main, version, ports, mounts, probes: asked }: TemplateFacts) {
  const all = [emptyDirectory(group, "tmp", "/tmp"), ...mounts];
  const made: Container = {
    ...container(main, group, all),
    ports: Object.entries(ports).map(([port, containerPort]) => ({ name: port, containerPort })),
    ...asked,
  };
  return {
    name,
    metadata: { labels: labels({ ...group, version }), annotations: trustAnnotations(group) },
    spec: {
      ...operatedPod({ group, user: USER, token: false, initContainers: [], containers: [made], mounts: all }),
      ...pullSecrets(group),
      terminationGracePeriodSeconds: GRACE_SECONDS,
    },
  };
}

function claim(group: PodGroup) {
  const [volume] = group.volumes;
  if (volume === undefined) throw new Error(`${groupName(group)} has no volume`);
  return {
    name: volume.name,
    reclaimPolicy: "Retain",
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...(volume.storageClass === undefined ? {} : { storageClassName: volume.storageClass }),
      resources: { requests: { storage: formatBytes(volume.size) } },
    },
  };
}
