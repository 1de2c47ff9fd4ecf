import type { Bucket } from "../../core/bucket";
import { fromSecret } from "../../core/env";
import { type BucketGrant, userPolicy } from "../../core/grant";
import { serviceHost } from "../../core/endpoint";
import { shellWord } from "../../core/render";
import { lifecycle } from "../buckets";
import { type Role, workloadOf } from "./pods";
import type { SeaweedfsSettings } from "./settings";

/** SeaweedFS' command lines, identities and scripts, as pure functions. */

/** Ports by HTTP. By gRPC each program listens on a port that is greater by a fixed number. */
export const PORTS: Readonly<Record<Role, number>> = { master: 9333, server: 8080, filer: 8888, gateway: 8333 };
const GRPC_OFFSET = 10_000;
export const grpcPort = (role: Role): number => PORTS[role] + GRPC_OFFSET;
/** A port of its own, so that who reads metrics reaches no object. */
export const METRICS = { portName: "metrics", port: 9327 } as const;

/** Each volume is mounted below it by its name. */
export const DATA_DIRECTORY = "/srv/seaweedfs";
export const PROGRAM = "/usr/bin/weed";
export const IDENTITIES_DIRECTORY = "/opt/lakehouse/identities";
export const IDENTITIES_FILE = "identities.json";
export const ROOT_USER = "lakehouse-root";
export const ROOT = { secret: "seaweedfs-root", userKey: "user", passwordKey: "password" } as const;

/** Keys that programs sign requests to each other with: a client that reaches a server or the filer cannot write there. */
export const KEYS = "seaweedfs-keys";
export const signingKeys = {
  WEED_JWT_SIGNING_KEY: fromSecret(KEYS, "servers"),
  WEED_JWT_FILER_SIGNING_KEY: fromSecret(KEYS, "filer"),
} as const;

const podOf = (role: Role, pod: string, namespace: string) => `${pod}.${serviceHost(workloadOf(role), namespace)}`;
const masters = ({ master }: Pick<SeaweedfsSettings, "master">, namespace: string): string[] =>
  Array.from(
    { length: master.replicas },
    (_, index) => `${podOf("master", `${workloadOf("master")}-${String(index)}`, namespace)}:${String(PORTS.master)}`,
  );
const filer = (namespace: string) => `${podOf("filer", `${workloadOf("filer")}-0`, namespace)}:${String(PORTS.filer)}`;

const flags = (all: Readonly<Record<string, string>>): string[] =>
  Object.entries(all).map(([flag, value]) => `-${flag}=${value}`);

/** Parts that the whole store has room for, with copies: each bucket takes a dozen at its first object. */
const PARTS = 128;
const [LEAST_PART, MOST_PART] = [32, 30_000];

/** Size in MB of a file that servers keep objects in, which upstream calls a volume: SeaweedFS' own 30 GB would leave small drives without one for each bucket. */
export function partSize({
  server,
  drives,
  driveSize,
  copies,
}: Pick<SeaweedfsSettings, "server" | "drives" | "driveSize" | "copies">): number {
  const parts = Math.floor((server.replicas * drives * driveSize) / copies / PARTS / 1_000_000);
  return Math.min(MOST_PART, Math.max(LEAST_PART, parts));
}

/** Arguments of a role's program. The pod's name is in its environment. */
export function programArgs(role: Role, settings: SeaweedfsSettings, namespace: string): string[] {
  const { copies, drives } = settings;
  const known = masters(settings, namespace);
  // A pod keeps its name when it comes back with another address.
  const self = { "ip": podOf(role, "$(POD_NAME)", namespace), "ip.bind": "0.0.0.0" };
  const shared = { port: String(PORTS[role]), metricsPort: String(METRICS.port) };
  const of: Readonly<Record<Role, Readonly<Record<string, string>>>> = {
    master: {
      ...self,
      mdir: `${DATA_DIRECTORY}/data`,
      peers: known.length === 1 ? "none" : known.join(","),
      // On other servers of the same rack.
      defaultReplication: `00${String(copies - 1)}`,
      volumeSizeLimitMB: String(partSize(settings)),
      telemetry: "false",
    },
    server: {
      ...self,
      master: known.join(","),
      dir: Array.from({ length: drives }, (_, index) => `${DATA_DIRECTORY}/data-${String(index)}`).join(","),
      // As many as the drive has room for.
      max: Array.from({ length: drives }, () => "0").join(","),
      minFreeSpace: "5",
      // Otherwise a stopped server waits before it lets go of its requests.
      preStopSeconds: "5",
    },
    filer: { ...self, master: known.join(","), defaultStoreDir: `${DATA_DIRECTORY}/data`, disableDirListing: "true" },
    gateway: {
      "ip.bind": "0.0.0.0",
      "filer": filer(namespace),
      "config": `${IDENTITIES_DIRECTORY}/${IDENTITIES_FILE}`,
      // Who may do what is in the file alone.
      "iam": "false",
      "autoCreateBucket": "false",
      "port.iceberg": "0",
      "port.lance": "0",
    },
  };
  const command: Readonly<Record<Role, string>> = { master: "master", server: "volume", filer: "filer", gateway: "s3" };
  return ["-logtostderr=true", command[role], ...flags({ ...of[role], ...shared })];
}

/** A user and the secret that it signs with. */
export interface Identity {
  readonly user: string;
  readonly secret: string;
}

/** MinIO's client reads an object by the ID of its version, which here is a right of its own. */
const READING = ["s3:GetObjectVersion"];

/** The gateways' file of users: the administrator, and for each grant a user with its policy. */
export function identities(root: string, users: readonly Identity[], grants: readonly BucketGrant[]): string {
  const named = users.map(({ user, secret }) => ({
    name: user,
    credentials: [{ accessKey: user, secretKey: secret }],
    policyNames: [user],
  }));
  const administrator = {
    name: ROOT_USER,
    credentials: [{ accessKey: ROOT_USER, secretKey: root }],
    actions: ["Admin"],
  };
  return JSON.stringify({
    identities: [administrator, ...named],
    policies: grants.map((grant) => ({ name: grant.user, content: userPolicy(grant, READING) })),
  });
}

/** Makes buckets with versioning, object lock and lifecycles. It may run again. */
export function bucketsScript(buckets: readonly Bucket[]): string {
  return [
    'mc alias set store "$S3_URL" "$ROOT_USER" "$ROOT_PASSWORD" --api S3v4 --path on',
    ...buckets.flatMap((bucket) => {
      const at = shellWord(`store/${bucket.name}`);
      const locked = bucket.lockDays > 0;
      return [
        `mc mb --ignore-existing${locked ? " --with-lock" : ""} ${at}`,
        ...(bucket.versioning ? [`mc version enable ${at}`] : []),
        // In governance the administrator may still clean up, in compliance nobody may; no service may in either.
        ...(locked ? [`mc retention set --default ${bucket.lockMode} ${String(bucket.lockDays)}d ${at}`] : []),
        `printf %s ${shellWord(JSON.stringify(lifecycle(bucket)))} | mc ilm rule import ${at}`,
      ];
    }),
  ].join("\n");
}

/** Makes lost copies again, balances servers, and applies the buckets' lifecycles, which no program does by itself. */
export function maintenanceScript(settings: SeaweedfsSettings, namespace: string, gateway: string): string {
  const { copies, server, drives } = settings;
  const commands = [
    "lock",
    ...(copies > 1 ? ["volume.fix.replication -apply"] : []),
    ...(server.replicas * drives > 1 ? ["volume.balance -apply"] : []),
    // The filer's log of changes, which the lifecycles are applied from, is of use for a week.
    "fs.log.purge -daysAgo=7",
    `s3.lifecycle.run-shard -shards 0-15 -events 0 -s3 ${gateway}:${String(grpcPort("gateway"))}`,
    "unlock",
  ];
  const shell = `${PROGRAM} -logtostderr=true shell -master=${masters(settings, namespace).join(",")} -filer=${filer(namespace)}`;
  return [`${shell} <<'COMMANDS'`, ...commands, "COMMANDS"].join("\n");
}
