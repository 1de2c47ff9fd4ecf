import { type Certified, named } from "../../core/certificates";
import { serviceHost } from "../../core/endpoint";
import { placement } from "../../core/placement";
import { mainContainer, type PodGroup, resourceRequirements, type Sidecar } from "../../core/pod-group";
import { formatBytes, MiB } from "../../core/quantity";
import { imageFor, pullSecrets } from "../../core/site";
import { shared } from "../../core/versions";
import type { PostgresSettings } from "./settings";

/** PostgreSQL's sizes and the operator's custom resources, as pure functions. */

export const PORT = 5432;
/** Port of the instance manager, which the operator calls. */
export const STATUS_PORT = 8000;
export const METRICS_PORT = 9187;

/** The Secret with the server's certificate. */
export const CERTIFICATE = "postgres-server-tls";

/** The server's certificate: its Services in the cluster, and where `pulumi up` reaches it. */
export function serverCertificate(service: string, namespace: string, admin: string): Certified {
  const services = ["rw", "ro", "r"].map((role) => `${service}-${role}`);
  const hosts = services.flatMap((name) => [name, `${name}.${namespace}`, serviceHost(name, namespace)]);
  return {
    ...named({ commonName: serviceHost(`${service}-rw`, namespace), secretName: CERTIFICATE }, [...hosts, admin]),
    // The operator reads it again when it changes.
    labels: { "cnpg.io/reload": "" },
  };
}

/** The operator's own certificate signs in replicas in any case. */
const SECURE = {
  certificates: { serverTLSSecret: CERTIFICATE, serverCASecret: CERTIFICATE },
  hba: { pg_hba: ["hostnossl all all all reject"] },
};

/** The container that the backup plugin adds to each instance. */
export const SIDECAR = "plugin-barman-cloud";

/**
 * Server parameters from the memory of the server's container: a quarter for shared buffers, three quarters assumed cached
 * (PostgreSQL's documentation, "Resource Consumption"); logical decoding is on for change data capture. An abandoned replication
 * slot may hold back half of the log's volume; after that the server drops the log, and the slot's reader has to start anew.
 * @param memory bytes
 * @param wal bytes of the volume of the write-ahead log
 */
export function parameters(memory: number, wal: number): Record<string, string> {
  const megabytes = (share: number, of = memory) => `${String(Math.floor((of * share) / MiB))}MB`;
  return {
    effective_cache_size: megabytes(0.75),
    // Standbys synchronize logical replication slots, which needs hot_standby_feedback.
    hot_standby_feedback: "on",
    maintenance_work_mem: megabytes(0.05),
    max_connections: "200",
    max_slot_wal_keep_size: megabytes(0.5, wal),
    shared_buffers: megabytes(0.25),
    sync_replication_slots: "on",
    wal_level: "logical",
    work_mem: megabytes(0.005),
  };
}

export interface ObjectStoreFacts {
  readonly destination: string;
  readonly endpointUrl: string;
  readonly secret: string;
  readonly userKey: string;
  readonly passwordKey: string;
  readonly retentionDays: number;
  /** What the store encrypts objects with, in Barman's words. @default what the bucket says */
  readonly encryption?: "AES256" | "aws:kms" | undefined;
  /** The Secret with the CAs of the store. @default those of the sidecar's image */
  readonly ca?: { readonly secret: string; readonly key: string } | undefined;
  /** Variables of the plugin's sidecar. */
  readonly env: Readonly<Record<string, string>>;
  /** Sidecar in the instances' pod group. */
  readonly sidecar: Sidecar | undefined;
}

/** Destination of base backups and write-ahead log (`ObjectStore` of the Barman Cloud plugin). */
export function backupStore(facts: ObjectStoreFacts): object {
  const key = (name: string) => ({ name: facts.secret, key: name });
  const encrypted = facts.encryption === undefined ? {} : { encryption: facts.encryption };
  return {
    configuration: {
      destinationPath: facts.destination,
      endpointURL: facts.endpointUrl,
      ...(facts.ca === undefined ? {} : { endpointCA: { name: facts.ca.secret, key: facts.ca.key } }),
      s3Credentials: { accessKeyId: key(facts.userKey), secretAccessKey: key(facts.passwordKey) },
      wal: { compression: "gzip", ...encrypted },
      data: { compression: "gzip", ...encrypted },
    },
    retentionPolicy: `${String(facts.retentionDays)}d`,
    instanceSidecarConfiguration: {
      ...(Object.keys(facts.env).length === 0
        ? {}
        : { env: Object.entries(facts.env).map(([name, value]) => ({ name, value })) }),
      ...(facts.sidecar === undefined ? {} : { resources: resourceRequirements(facts.sidecar) }),
    },
  };
}

/** CloudNativePG's schedules begin with a field of seconds. */
export const withSeconds = (schedule: string): string => `0 ${schedule}`;

/** Secret of the superuser, which this stack creates and the operator reads. */
export const SUPERUSER_SECRET = "postgres-superuser";

export const PLUGIN = "barman-cloud.cloudnative-pg.io";

/** Plugin that archives the server's write-ahead log. It refuses an archive that is not empty, unless it is this server's own. */
export const archiver = (store: string, serverName: string): object => ({
  name: PLUGIN,
  isWALArchiver: true,
  parameters: { barmanObjectName: store, serverName },
});

/** Bootstrap from the archive of another server. It applies only when the server is created. */
export function recovery(store: string, restore: { readonly serverName: string; readonly time?: string | undefined }) {
  const { serverName, time } = restore;
  return {
    bootstrap: {
      recovery: { source: serverName, ...(time === undefined ? {} : { recoveryTarget: { targetTime: time } }) },
    },
    externalClusters: [
      { name: serverName, plugin: { name: PLUGIN, parameters: { barmanObjectName: store, serverName } } },
    ],
  };
}

export type Synchronous = PostgresSettings["synchronous"];

/**
 * Synchronous replication to one standby. With `required` the operator also promotes no standby that may lack a write: it waits
 * while too few are left.
 */
function synchronous(wanted: Synchronous, instances: number): object {
  if (wanted === "off" || instances < 2) return {};
  const quorum = wanted === "required" ? { failoverQuorum: true } : {};
  return { synchronous: { method: "any", number: 1, dataDurability: wanted, ...quorum } };
}

/**
 * The custom resource.
 * @param begin bootstrap of the server.
 * @default an empty one
 * @param durability
 * @default "off"
 */
export function clusterSpec(
  group: PodGroup,
  plugins: readonly object[],
  begin: object = {},
  durability: Synchronous = "off",
  tls = false,
): object {
  const { memory } = mainContainer(group).limits;
  const several = group.replicas > 1;
  const claim = (wanted: string) => {
    const found = group.volumes.find(({ name }) => name === wanted);
    if (found === undefined) throw new Error(`${group.service} has no volume ${wanted}`);
    return found;
  };
  const volume = (wanted: string) => {
    const { size, storageClass } = claim(wanted);
    return { size: formatBytes(size), ...(storageClass === undefined ? {} : { storageClass }) };
  };
  const { affinity, tolerations } = placement(group);
  return {
    instances: group.replicas,
    imageName: imageFor(group, shared.postgres.image),
    ...pullSecrets(group),
    // The operator's disruption budget forbids the eviction of a primary: a single instance would block the drain of its node.
    enablePDB: several,
    storage: volume("data"),
    walStorage: volume("wal"),
    resources: resourceRequirements(group),
    affinity: {
      nodeAffinity: affinity.nodeAffinity,
      tolerations,
      enablePodAntiAffinity: several,
      podAntiAffinityType: "required",
      topologyKey: "kubernetes.io/hostname",
    },
    ...(group.priorityClass === undefined ? {} : { priorityClassName: group.priorityClass }),
    enableSuperuserAccess: true,
    superuserSecret: { name: SUPERUSER_SECRET },
    // The operator sets the labels of name, instance, component and version.
    inheritedMetadata: { labels: { "app.kubernetes.io/part-of": "lakehouse" } },
    // With these, `sync_replication_slots`, `hot_standby_feedback` and a failover slot, a client that follows changes continues after a failover.
    replicationSlots: {
      highAvailability: { enabled: true, synchronizeLogicalDecoding: true },
      synchronizeReplicas: { enabled: true },
    },
    ...(tls ? { certificates: SECURE.certificates } : {}),
    postgresql: {
      parameters: parameters(memory, claim("wal").size),
      ...synchronous(durability, group.replicas),
      ...(tls ? SECURE.hba : {}),
    },
    ...begin,
    ...(plugins.length > 0 ? { plugins } : {}),
  };
}
