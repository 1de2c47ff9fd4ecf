import { labels } from "../../core/labels";
import { emptyDirectory } from "../../core/operated-pod";
import { placement } from "../../core/placement";
import { dataPodSecurity, RESTRICTED } from "../../core/pod-security";
import { mainContainer, type PodGroup, resourceRequirements } from "../../core/pod-group";
import { formatBytes, GiB, MiB } from "../../core/quantity";
import { imageFor, pullSecrets } from "../../core/site";
import { pins } from "./pins";
import { AGENT, NAME, podLabels, PORT, SCRATCH_PATH, SOCKET_PATH } from "./pods";

/** MariaDB's memory and configuration, and the operator's resource that runs it, as pure functions. */

export const API = "k8s.mariadb.com/v1alpha1";
/** Port of the agent beside each server, which the operator calls. */
export const AGENT_PORT = 5555;

/** User and group of the official image. */
const USER = 999;

/** Bytes of the server besides buffer pool and connections: code, dictionary, log buffers. */
const BASE = 256 * MiB;
/** Bytes of one connection: its thread, its packets, a sort and a join of the usual size. */
const CONNECTION = 2 * MiB;
const LEAST_CONNECTIONS = 50;
const MOST_CONNECTIONS = 500;
/** InnoDB's pool grows by extents of this size. */
const EXTENT = 8 * MiB;

export interface Memory {
  /** Most connections of clients. */
  readonly connections: number;
  /** Bytes of InnoDB's buffer pool. */
  readonly bufferPool: number;
  /** Bytes of InnoDB's redo log. */
  readonly redoLog: number;
}

/**
 * Division of a server's memory: a connection for each 16 MiB, 50 to 500; three quarters of the rest are the buffer pool, as
 * statements may take more than a connection's usual part (MariaDB's documentation, "InnoDB Buffer Pool": 70 to 80 % on a machine
 * of its own). The redo log is a quarter of the pool, 96 MiB (the server's default) to 2 GiB.
 * @param memory bytes
 * @throws RangeError where no buffer pool is left
 */
export function memoryOf(memory: number): Memory {
  const connections = Math.min(MOST_CONNECTIONS, Math.max(LEAST_CONNECTIONS, Math.floor(memory / (16 * MiB))));
  const free = memory - BASE - connections * CONNECTION;
  const bufferPool = Math.floor((free * 0.75) / EXTENT) * EXTENT;
  if (bufferPool < EXTENT) throw new RangeError(`${formatBytes(memory)} leave no buffer pool`);
  const redoLog = Math.min(2 * GiB, Math.max(96 * MiB, Math.floor(bufferPool / 4 / MiB) * MiB));
  return { connections, bufferPool, redoLog };
}

/** Retention of the binary log: three days, within which a follower of changes must come back. */
const BINLOG_SECONDS = 3 * 24 * 3600;

/**
 * The server's own part of its configuration; the operator adds what differs from server to server. Whole rows are logged, with the
 * names of their columns, and each write on a replica too, so that a follower of changes can continue on any server.
 */
export function myCnf(memory: number, replicas: number): string {
  const { connections, bufferPool, redoLog } = memoryOf(memory);
  const megabytes = (bytes: number) => `${String(bytes / MiB)}M`;
  const options: Readonly<Record<string, string | number>> = {
    binlog_expire_logs_seconds: BINLOG_SECONDS,
    binlog_format: "ROW",
    binlog_row_image: "FULL",
    binlog_row_metadata: "FULL",
    character_set_server: CHARACTERS.characterSet,
    collation_server: CHARACTERS.collate,
    innodb_buffer_pool_size: megabytes(bufferPool),
    innodb_flush_log_at_trx_commit: 1,
    innodb_log_file_size: megabytes(redoLog),
    log_slave_updates: "ON",
    max_connections: connections,
    sync_binlog: 1,
    // The operator writes these for several servers only. Without a name the log is called after the file of the process
    // id. Alone, it would never be purged: it waits for a replica that reads it.
    ...(replicas > 1
      ? {}
      : { gtid_strict_mode: "ON", log_bin: `${NAME}-bin`, loose_slave_connections_needed_for_purge: 0 }),
  };
  const lines = Object.keys(options)
    .sort()
    .map((name) => `${name}=${String(options[name])}`);
  return `[mariadb]\n${lines.join("\n")}\n`;
}

/** Character set and collation of the server and of each database: all of Unicode, in MariaDB 11's default order. */
export const CHARACTERS = { characterSet: "utf8mb4", collate: "utf8mb4_uca1400_ai_ci" } as const;

/** The key of each Secret that the operator reads a password from. */
export const PASSWORD_KEY = "password";
export const secretOf = (role: "root" | "replication" | "agent") => ({ name: `${NAME}-${role}`, key: PASSWORD_KEY });

/** Labels of pods that the operator creates for the stack's resources. */
export const podMetadata = (role: string) => ({
  labels: { ...labels({ service: NAME, role, version: pins.mariadb.version }), ...podLabels(role) },
});

export const podSecurityContext = dataPodSecurity(USER);

/** The operator's type of a container's security context has no seccomp profile: the pod's has it. */
const { seccompProfile: _, ...withoutSeccomp } = RESTRICTED;
export const securityContext = withoutSeccomp;

/** Container of the operator's image beside or before a server. */
function dataPlane(group: PodGroup) {
  const sidecar = group.sidecars?.find(({ name }) => name === AGENT);
  if (sidecar === undefined) throw new Error(`${group.service} has no sidecar for the agent`);
  return {
    image: imageFor(group, pins.mariadbOperator.image),
    resources: resourceRequirements(sidecar),
    securityContext,
  };
}

/**
 * Semi-synchronous replication: a write is acknowledged when a second server has it, as long as one is connected. The operator
 * promotes the replica that has received most. The agent authenticates the operator by a password, because a token of the
 * operator's account would have many more rights.
 */
function replication(group: PodGroup): object {
  if (group.replicas < 2) return {};
  return {
    replication: {
      enabled: true,
      gtidStrictMode: true,
      semiSyncEnabled: true,
      semiSyncWaitPoint: "AfterSync",
      syncBinlog: 1,
      primary: { autoFailover: true },
      // A replica that lags for a moment stays a candidate for promotion.
      replica: { maxLagSeconds: 60, replPasswordSecretKeyRef: secretOf("replication") },
      initContainer: dataPlane(group),
      agent: {
        ...dataPlane(group),
        port: AGENT_PORT,
        basicAuth: { enabled: true, username: "mariadb-operator", passwordSecretKeyRef: secretOf("agent") },
      },
    },
  };
}

/** The servers (MariaDB). */
export function serverSpec(group: PodGroup): object {
  const scratch = [emptyDirectory(group, "tmp", SCRATCH_PATH), emptyDirectory(group, "run", SOCKET_PATH)];
  const [volume] = group.volumes;
  if (volume === undefined) throw new Error(`${group.service} has no volume`);
  return {
    image: imageFor(group, pins.mariadb.image),
    ...pullSecrets(group),
    port: PORT,
    replicas: group.replicas,
    rootPasswordSecretKeyRef: secretOf("root"),
    myCnf: myCnf(mainContainer(group).limits.memory, group.replicas),
    // TLS by the operator's own certificates is possible, but not required.
    tls: { enabled: true, required: false },
    storage: {
      size: formatBytes(volume.size),
      ...(volume.storageClass === undefined ? {} : { storageClassName: volume.storageClass }),
      pvcRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    },
    resources: resourceRequirements(group),
    podMetadata: podMetadata("server"),
    podSecurityContext,
    securityContext,
    ...placement(group, podLabels("server")),
    ...(group.priorityClass === undefined ? {} : { priorityClassName: group.priorityClass }),
    enableServiceLinks: false,
    volumes: scratch.map((mount) => mount.volume),
    volumeMounts: scratch.map(({ volume: { name }, path: mountPath }) => ({ name, mountPath })),
    // A single server may be evicted, or its node could never be drained.
    ...(group.replicas > 1 ? { podDisruptionBudget: { maxUnavailable: 1 } } : {}),
    ...replication(group),
  };
}
