import { placement } from "../core/placement";
import { type PodGroup, resourceRequirements } from "../core/pod-group";
import { formatBytes, MiB } from "../core/quantity";
import { images } from "../core/versions";

/** PostgreSQL's sizes and the operator's custom resources, as pure functions. */

export const PORT = 5432;
/** Where the instance manager answers the operator. */
export const STATUS_PORT = 8000;
export const METRICS_PORT = 9187;

/** What the backup plugin's sidecar takes of each pod, in bytes. */
export const SIDECAR_MEMORY = 256 * MiB;

/**
 * Server parameters from the memory of the server's container: a quarter for shared buffers, three quarters assumed
 * cached (PostgreSQL's documentation, "Resource Consumption"); logical decoding is on for change data capture. A reader of
 * changes that has gone away may keep half of the log's volume: then it has to start anew, rather than the server stop.
 * @param memory bytes
 * @param wal bytes of the volume of the write-ahead log
 */
export function parameters(memory: number, wal: number): Record<string, string> {
  const megabytes = (share: number, of = memory) => `${String(Math.floor((of * share) / MiB))}MB`;
  return {
    effective_cache_size: megabytes(0.75),
    maintenance_work_mem: megabytes(0.05),
    max_connections: "200",
    max_slot_wal_keep_size: megabytes(0.5, wal),
    shared_buffers: megabytes(0.25),
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
}

/** Where base backups and write-ahead log go (Barman Cloud plugin, `ObjectStore`). */
export function backupStore(facts: ObjectStoreFacts): object {
  const key = (name: string) => ({ name: facts.secret, key: name });
  return {
    configuration: {
      destinationPath: facts.destination,
      endpointURL: facts.endpointUrl,
      s3Credentials: { accessKeyId: key(facts.userKey), secretAccessKey: key(facts.passwordKey) },
      wal: { compression: "gzip" },
      data: { compression: "gzip" },
    },
    retentionPolicy: `${String(facts.retentionDays)}d`,
    instanceSidecarConfiguration: {
      resources: {
        requests: { cpu: "50m", memory: formatBytes(SIDECAR_MEMORY) },
        limits: { cpu: "500m", memory: formatBytes(SIDECAR_MEMORY) },
      },
    },
  };
}

/** CloudNativePG's schedules have seconds in front. */
export const withSeconds = (schedule: string): string => `0 ${schedule}`;

/** The Secret of the superuser, which we make and the operator reads. */
export const SUPERUSER_SECRET = "postgres-superuser";

/** The custom resource. The backup sidecar's memory is taken from the pod's, so that the pod is as large as planned. */
export function clusterSpec(group: PodGroup, plugins: readonly object[]): object {
  const sidecar = plugins.length > 0 ? SIDECAR_MEMORY : 0;
  const memory = group.limits.memory - sidecar;
  const server = { requests: { ...group.requests, memory }, limits: { ...group.limits, memory } };
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
    imageName: images.postgres,
    storage: volume("data"),
    walStorage: volume("wal"),
    resources: resourceRequirements(server),
    affinity: {
      nodeAffinity: affinity.nodeAffinity,
      tolerations,
      enablePodAntiAffinity: group.replicas > 1,
      podAntiAffinityType: "required",
      topologyKey: "kubernetes.io/hostname",
    },
    ...(group.priorityClass === undefined ? {} : { priorityClassName: group.priorityClass }),
    enableSuperuserAccess: true,
    superuserSecret: { name: SUPERUSER_SECRET },
    // Name, instance, component and version are the operator's own.
    inheritedMetadata: { labels: { "app.kubernetes.io/part-of": "lakehouse" } },
    postgresql: { parameters: parameters(memory, claim("wal").size) },
    ...(plugins.length > 0 ? { plugins } : {}),
  };
}
