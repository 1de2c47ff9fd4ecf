import type { Labels } from "../../core/labels";
import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { GiB, MiB } from "../../core/quantity";
import type { ClickhouseSettings } from "./settings";

/** Name of both custom resources, and part of the names of what the operator makes of them. */
export const NAME = "clickhouse";
export const OPERATOR = "clickhouse-operator";
/** Name of the cluster in both resources: `ON CLUSTER 'main'`. */
export const CLUSTER = "main";

export const SERVER = "server";
export const KEEPER = "keeper";
export const SETUP = "setup";
export const BACKUP = "backup";

export const DATA = "data";
/** Temporary files of Keeper and clients; servers have theirs on their volume. */
const SCRATCH = { "/tmp": 64 * MiB };

/** Client of the servers: it sends statements, and holds no rows. */
const CLIENT = { replicas: 1, cpu: 0.1, memory: 256 * MiB };

/** A namespace of its own: the operator may read every Secret and change every workload of the one that it watches. */
export const namespaceOf = (platform: Pick<Platform, "namespace">): string => platform.namespace("clickhouse");

/** How many of each there are. */
interface Count {
  readonly replicas: number;
}
interface Shards {
  readonly shards: number;
  readonly server: Count;
}

/** Servers of all shards. */
export const serversOf = ({ shards, server }: Shards): number => shards * server.replicas;

export function clickhousePods(platform: Platform, settings: ClickhouseSettings): PodGroup[] {
  const { server, volume, keeper, keeperVolume, databases, iceberg, backup } = settings;
  const named = (role: string) => ({ service: NAME, role, namespace: namespaceOf(platform) });
  const replicas = serversOf(settings);
  const apart = (count: number) => (count > 1 ? "one-per-node" : "any");
  const client = { ...CLIENT, pool: server.pool };
  return [
    platform.podGroup(
      { ...named(SERVER), volumes: [platform.volume(DATA, volume)], scratch: { "/tmp": GiB }, spread: apart(replicas) },
      { ...server, replicas },
    ),
    platform.podGroup(
      {
        ...named(KEEPER),
        volumes: [platform.volume(DATA, keeperVolume)],
        scratch: SCRATCH,
        spread: apart(keeper.replicas),
      },
      keeper,
    ),
    ...(databases.length === 0 && iceberg === "off"
      ? []
      : [platform.podGroup({ ...named(SETUP), scratch: SCRATCH, lifetime: "once" }, client)]),
    ...(backup.method === "off"
      ? []
      : [platform.podGroup({ ...named(BACKUP), scratch: SCRATCH, lifetime: "job" }, client)]),
  ];
}

export function operatorPods(platform: Platform, { operatorSize }: ClickhouseSettings): [PodGroup] {
  const names = { service: OPERATOR, role: OPERATOR, namespace: namespaceOf(platform) };
  return [platform.podGroup(names, operatorSize)];
}

/** Labels that the chart gives the pods of its release. */
export const OPERATOR_LABELS: Labels = { "app.kubernetes.io/name": OPERATOR, "app.kubernetes.io/instance": OPERATOR };

/** Names of the servers, each a StatefulSet of one pod and a Service of the same name. */
export const serverHosts = ({ shards, server }: Shards): readonly string[] =>
  numbers(shards).flatMap((shard) =>
    numbers(server.replicas).map((replica) => `chi-${NAME}-${CLUSTER}-${String(shard)}-${String(replica)}`),
  );

export const keeperHosts = ({ keeper }: { readonly keeper: Count }): readonly string[] =>
  numbers(keeper.replicas).map((replica) => `chk-${NAME}-${CLUSTER}-0-${String(replica)}`);

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
