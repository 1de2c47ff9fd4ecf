import { stringify } from "yaml";

import { GiB } from "../../core/quantity";
import { LOCAL_STORAGE, NAME, RUN_DIRECTORY, type Role } from "./pods";
import type { MilvusSettings } from "./settings";

/** Milvus' files and scripts, as pure functions of sizes and endpoints. Secrets come as variables, which win over files. */

/** Clients' port, for gRPC and HTTP. */
export const PORT = 19530;
/** Ports by which parts of a cluster call each other; they find each other's addresses in etcd. */
const INTERNAL = {
  proxy: 19529,
  rootCoord: 53100,
  mixCoord: 53100,
  queryCoord: 19531,
  dataCoord: 13333,
  dataNode: 21124,
  queryNode: 21123,
  streamingNode: 22222,
} as const;
export const INTERNAL_PORTS: readonly number[] = [...new Set(Object.values(INTERNAL))];
export const METRICS = { portName: "metrics", port: 9091 } as const;
export const HEALTH = "/healthz";

export const CONFIG_DIRECTORY = "/opt/lakehouse/conf";
const FILE = "user.yaml";

/** Variables with secrets, by upstream's rule: the key without dots. */
export const VARIABLES = {
  accessKey: "MINIO_ACCESS_KEY_ID",
  secretKey: "MINIO_SECRET_ACCESS_KEY",
  rootPassword: "COMMON_SECURITY_DEFAULTROOTPASSWORD",
} as const;

/** Seconds for a query node to hand its segments over, and for a streaming node its channels. */
export const GRACE_SECONDS = 120;

/** Upstream's own bounds are 100 users and 10 roles: each client has a role, and two users while it changes. */
const MOST_USERS = 1000;
const LONGEST_USER = 63;

export interface Places {
  /** `host:port` of each pod of etcd. */
  readonly etcd: readonly string[];
  readonly s3: { readonly host: string; readonly port: number; readonly tls: boolean; readonly region: string };
  readonly objects: { readonly bucket: string; readonly prefix: string };
  /** File with the CAs of the store. @default those of the image */
  readonly ca?: string | undefined;
}

/** Overrides of upstream's `milvus.yaml`, the same for every role. */
export function userYaml(settings: Pick<MilvusSettings, "mode" | "mixCoord" | "pulsar">, places: Places): string {
  const { etcd, s3, objects, ca } = places;
  const standby = settings.mode === "cluster" && settings.mixCoord.replicas > 1;
  const coordinator = (port: number) => ({ port, enableActiveStandby: standby });
  return stringify({
    etcd: { endpoints: [...etcd], rootPath: NAME },
    minio: {
      address: s3.host,
      port: s3.port,
      useSSL: s3.tls,
      ...(ca === undefined ? {} : { ssl: { tlsCACert: ca } }),
      bucketName: objects.bucket,
      rootPath: objects.prefix.replace(/\/$/, ""),
      region: s3.region,
      cloudProvider: "aws",
      useVirtualHost: false,
      useIAM: false,
    },
    ...messages(settings),
    common: {
      storageType: "remote",
      gracefulStopTimeout: GRACE_SECONDS,
      security: {
        authorizationEnabled: true,
        // Else every user may describe every collection.
        enablePublicPrivilege: false,
      },
    },
    localStorage: { path: LOCAL_STORAGE },
    proxy: {
      port: PORT,
      internalPort: INTERNAL.proxy,
      maxUserNum: MOST_USERS,
      maxRoleNum: MOST_USERS,
      maxUsernameLength: LONGEST_USER,
      // The page of settings shows passwords, and both are open to whoever reaches the metrics.
      http: { enabled: true, enablePprof: false, enableWebUI: false },
    },
    rootCoord: coordinator(INTERNAL.rootCoord),
    mixCoord: coordinator(INTERNAL.mixCoord),
    queryCoord: coordinator(INTERNAL.queryCoord),
    dataCoord: coordinator(INTERNAL.dataCoord),
    dataNode: { port: INTERNAL.dataNode },
    queryNode: { port: INTERNAL.queryNode, enableDisk: true },
    streamingNode: { port: INTERNAL.streamingNode },
    log: { level: "info", stdout: true, file: { rootPath: "" } },
  });
}

/** The log of changes: in the object store, written by the streaming nodes themselves, or in a Pulsar. */
function messages({ pulsar }: Pick<MilvusSettings, "pulsar">) {
  if (pulsar === undefined) return { mq: { type: "woodpecker" }, woodpecker: { storage: { type: "minio" } } };
  const { host, port, tenant, namespace } = pulsar;
  return { mq: { type: "pulsar" }, pulsar: { address: host, port, tenant, namespace } };
}

export const files = (settings: MilvusSettings, places: Places): Readonly<Record<string, string>> => ({
  [FILE]: userYaml(settings, places),
});

/** What `milvus run` is told. */
const ROLE_ARGUMENTS: Readonly<Record<Role, string>> = {
  standalone: "standalone",
  proxy: "proxy",
  mixcoord: "mixture -rootcoord -querycoord -datacoord -indexcoord",
  datanode: "datanode",
  querynode: "querynode",
  streamingnode: "streamingnode",
};

/** Milvus reads all of its files from one directory, which is upstream's with the overrides added. */
export const startScript = (role: Role): string =>
  [
    `cp -r /milvus/configs/. ${RUN_DIRECTORY}/`,
    `cp ${CONFIG_DIRECTORY}/${FILE} ${RUN_DIRECTORY}/${FILE}`,
    `exec milvus run ${ROLE_ARGUMENTS[role]}`,
  ].join("\n");

/** Disk that query nodes plan with, as Milvus takes it: whole GiB. */
export const diskLimit = (bytes: number): string => String(Math.max(1, Math.floor(bytes / GiB)));
