import { fromSecret } from "../../core/env";
import { placement } from "../../core/placement";
import { mainContainer, type PodGroup, resourceRequirements } from "../../core/pod-group";
import { formatBytes } from "../../core/quantity";
import { imageFor } from "../../core/site";
import { METRICS_PORT, parameters, type Synchronous } from "./config";
import { pins } from "./pins";

/** The resource of Zalando's operator, as a pure function: Spilo, which is PostgreSQL with Patroni and WAL-G in one image. */

export const API = "acid.zalan.do/v1";
/** In lower case, as upstream has it. */
export const KIND = "postgresql";

/** Port of Patroni, which the operator and the other instances ask. */
export const PATRONI_PORT = 8008;
export const EXPORTER = "exporter";
/** The account of the pods, which the operator makes in their namespace with its rights. */
export const POD_ACCOUNT = "postgres-pod";
/** User and group of Spilo's image. */
const USER = 101;
const GROUP = 103;
/** Where Spilo's variables find the authorities of the object store. */
const CA_DIRECTORY = "/opt/lakehouse/ca";

/** Labels that the operator gives the instances of a cluster. */
export const spiloLabels = (name: string): Record<string, string> => ({ "application": "spilo", "cluster-name": name });
export const LEADER = { "spilo-role": "master" };

/** The operator takes the password of a user from the Secret of this name where it is there before the cluster. */
export const superuserSecret = (name: string): string => `postgres.${name}.credentials.postgresql.acid.zalan.do`;

/** Where WAL-G writes base backups and the write-ahead log. */
export interface Archive {
  /** `s3://bucket/postgres/server` */
  readonly prefix: string;
  readonly url: string;
  readonly region: string;
  readonly keys: { readonly secret: string; readonly userKey: string; readonly passwordKey: string };
  /** What the store encrypts objects with. @default what the bucket says */
  readonly encryption?: string | undefined;
  readonly schedule: string;
  readonly retentionDays: number;
  /** The Secret with the CAs of the store. @default those of the image */
  readonly ca: { readonly secret: string; readonly key: string } | undefined;
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: object;
}

const variables = (all: Readonly<Record<string, string>>): Variable[] =>
  Object.entries(all).map(([name, value]) => ({ name, value }));

/** Spilo's variables for WAL-G. Its schedule runs on the leader alone; a base backup a day is a day of retention. */
export function archiveEnv({
  prefix,
  url,
  region,
  keys,
  encryption,
  schedule,
  retentionDays,
  ca,
}: Archive): Variable[] {
  return [
    ...variables({
      USE_WALG_BACKUP: "true",
      USE_WALG_RESTORE: "true",
      WALG_S3_PREFIX: prefix,
      AWS_ENDPOINT: url,
      AWS_REGION: region,
      AWS_S3_FORCE_PATH_STYLE: "true",
      // By default Spilo asks for encryption, which stores of one's own may not have.
      ...(encryption === undefined ? { WALG_DISABLE_S3_SSE: "true" } : { WALG_S3_SSE: encryption }),
      BACKUP_SCHEDULE: schedule,
      BACKUP_NUM_TO_RETAIN: String(retentionDays),
      ...(ca === undefined ? {} : { WALG_S3_CA_CERT_FILE: `${CA_DIRECTORY}/${ca.key}` }),
    }),
    { name: "AWS_ACCESS_KEY_ID", valueFrom: fromSecret(keys.secret, keys.userKey) },
    { name: "AWS_SECRET_ACCESS_KEY", valueFrom: fromSecret(keys.secret, keys.passwordKey) },
  ];
}

/** Patroni commits on a second instance first; `required` accepts no write without one. */
function patroni(durability: Synchronous, instances: number): object {
  // Without the Kubernetes API an instance goes on leading as long as it reaches all others.
  const failsafe = { failsafe_mode: true };
  if (durability === "off" || instances < 2) return failsafe;
  const strict = durability === "required" ? { synchronous_mode_strict: true } : {};
  return { ...failsafe, synchronous_mode: true, synchronous_node_count: 1, ...strict };
}

export interface ZalandoFacts {
  readonly name: string;
  readonly group: PodGroup;
  /** Of PostgreSQL: `18`. */
  readonly major: string;
  /** Bytes of the volume that the write-ahead log may fill. */
  readonly wal: number;
  readonly durability: Synchronous;
  /** @default none */
  readonly archive: Archive | undefined;
}

export function zalandoSpec({ name, group, major, wal, durability, archive }: ZalandoFacts): object {
  const { memory } = mainContainer(group).limits;
  const [volume] = group.volumes;
  const exporter = group.sidecars?.find((sidecar) => sidecar.name === EXPORTER);
  if (volume === undefined || exporter === undefined) throw new Error(`${name} has no volume, or no exporter`);
  const { affinity, tolerations } = placement(group, spiloLabels(name));
  // Patroni keeps slots of standbys itself: the server's own way of following slots needs what it does not set.
  const { sync_replication_slots: _, ...server } = parameters(memory, wal);
  const ca = archive?.ca;
  return {
    teamId: "lakehouse",
    numberOfInstances: group.replicas,
    dockerImage: imageFor(group, pins.spilo.image),
    postgresql: { version: major, parameters: server },
    volume: {
      size: formatBytes(volume.size),
      ...(volume.storageClass === undefined ? {} : { storageClass: volume.storageClass }),
    },
    resources: resourceRequirements(group),
    patroni: patroni(durability, group.replicas),
    ...(affinity.nodeAffinity === undefined ? {} : { nodeAffinity: affinity.nodeAffinity }),
    tolerations,
    ...(group.priorityClass === undefined ? {} : { podPriorityClassName: group.priorityClass }),
    spiloRunAsUser: USER,
    spiloRunAsGroup: GROUP,
    spiloFSGroup: GROUP,
    // Roles and databases are the provider's, for both operators alike.
    enableConnectionPooler: false,
    enableLogicalBackup: false,
    ...(archive === undefined ? {} : { env: archiveEnv(archive) }),
    ...(ca === undefined
      ? {}
      : {
          additionalVolumes: [
            {
              name: "ca",
              mountPath: CA_DIRECTORY,
              targetContainers: ["postgres"],
              volumeSource: { secret: { secretName: ca.secret } },
            },
          ],
        }),
    sidecars: [
      {
        name: EXPORTER,
        image: imageFor(group, pins.postgresExporter.image),
        ports: [{ name: "metrics", containerPort: METRICS_PORT, protocol: "TCP" }],
        resources: resourceRequirements(exporter),
        env: [
          ...variables({ DATA_SOURCE_URI: "127.0.0.1:5432/postgres?sslmode=disable", DATA_SOURCE_USER: "postgres" }),
          { name: "DATA_SOURCE_PASS", valueFrom: fromSecret(superuserSecret(name), "password") },
        ],
      },
    ],
  };
}
