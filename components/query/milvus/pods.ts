import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { GiB, MiB } from "../../core/quantity";
import type { Size } from "../../fields/fields";
import type { MilvusSettings } from "./settings";

export const NAME = "milvus";
export const ETCD = "milvus-etcd";
export const MEMBER = "member";

/** Roles of a cluster by upstream's names, each with the key of its size. */
export const CLUSTER_ROLES = {
  proxy: "proxy",
  mixcoord: "mixCoord",
  datanode: "dataNode",
  querynode: "queryNode",
  streamingnode: "streamingNode",
} as const;
export const STANDALONE = "standalone";
export type Role = keyof typeof CLUSTER_ROLES | typeof STANDALONE;

/** Task that makes spaces, roles and users. */
export const SETUP = "setup";
export const BACKUP = "backup";

/** Volumes. */
export const CACHE = "cache";
export const DATA = "data";

export const RUN_DIRECTORY = "/opt/lakehouse/run";
/** Milvus' directory for what it downloads and builds. */
export const LOCAL_STORAGE = "/var/lib/milvus/data";
const TMP = "/tmp";

/** Clients of HTTP and of the object store. */
const TASK = { replicas: 1, cpu: 0.05, memory: 64 * MiB };
const COPY = { replicas: 1, cpu: 0.25, memory: 512 * MiB };

type Sizes = Pick<MilvusSettings, "mode" | (typeof CLUSTER_ROLES)[keyof typeof CLUSTER_ROLES] | typeof STANDALONE>;

export const rolesOf = ({ mode }: Pick<MilvusSettings, "mode">): readonly Role[] =>
  mode === "standalone" ? [STANDALONE] : (Object.keys(CLUSTER_ROLES) as Role[]);

/** Role of the pods that clients connect to. */
export const doorRole = ({ mode }: Pick<MilvusSettings, "mode">): Role =>
  mode === "standalone" ? STANDALONE : "proxy";

const sizeOf = (settings: Sizes, role: Role): Size =>
  role === STANDALONE ? settings.standalone : settings[CLUSTER_ROLES[role]];

/** Roles that search what is loaded: their disk is as large as the collections. */
export const searches = (role: Role): boolean => role === STANDALONE || role === "querynode";

export function milvusPods(platform: Platform, settings: MilvusSettings): PodGroup[] {
  const { cache, scratch, backup } = settings;
  const namespace = platform.namespace("query");
  const named = (role: string) => ({ service: NAME, role, namespace });
  const own = { [TMP]: GiB, [RUN_DIRECTORY]: 16 * MiB };
  const { pool } = sizeOf(settings, doorRole(settings));
  return [
    ...rolesOf(settings).map((role) => {
      const size = sizeOf(settings, role);
      return platform.podGroup(
        searches(role)
          ? {
              ...named(role),
              scratch: own,
              volumes: [platform.volume(CACHE, cache)],
              spread: size.replicas > 1 ? "one-per-node" : "any",
            }
          : { ...named(role), scratch: { ...own, [LOCAL_STORAGE]: scratch } },
        size,
      );
    }),
    platform.podGroup({ ...named(SETUP), lifetime: "once", scratch: { [TMP]: 16 * MiB } }, { ...TASK, pool }),
    ...(backup.method === "off"
      ? []
      : [platform.podGroup({ ...named(BACKUP), lifetime: "job", scratch: { [TMP]: 256 * MiB } }, { ...COPY, pool })]),
  ];
}

export function etcdPods(platform: Platform, { etcd, etcdVolume }: MilvusSettings): PodGroup[] {
  return [
    platform.podGroup(
      {
        service: ETCD,
        role: MEMBER,
        namespace: platform.namespace("query"),
        volumes: [platform.volume(DATA, etcdVolume)],
        spread: etcd.replicas > 1 ? "one-per-node" : "any",
      },
      etcd,
    ),
  ];
}
