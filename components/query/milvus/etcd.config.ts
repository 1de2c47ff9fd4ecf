import { serviceHost } from "../../core/endpoint";
import { GiB } from "../../core/quantity";
import { DATA, ETCD, MEMBER } from "./pods";
import type { MilvusSettings } from "./settings";

/** Arguments of etcd, as pure functions of the settings. */

export const PORTS = { client: 2379, peer: 2380 } as const;
export const METRICS = { portName: "metrics", port: 2381 } as const;
export const DATA_DIRECTORY = "/srv/etcd";

/** Name of the StatefulSet, which begins the names of its pods. */
const SET = `${ETCD}-${MEMBER}`;
/** etcd itself advises no more. */
const MOST_DATA = 8 * GiB;

const members = ({ etcd }: Pick<MilvusSettings, "etcd">): readonly string[] =>
  Array.from({ length: etcd.replicas }, (_, at) => `${SET}-${String(at)}`);

const at = (member: string, namespace: string, port: number) =>
  `${member}.${serviceHost(ETCD, namespace)}:${String(port)}`;

/** `host:port` of each pod. */
export const endpoints = (settings: Pick<MilvusSettings, "etcd">, namespace: string): readonly string[] =>
  members(settings).map((member) => at(member, namespace, PORTS.client));

/**
 * Arguments of every pod, whose name is in its environment. The list of members counts at the first start only: a pod with data knows
 * the others from it.
 */
export function etcdArgs(settings: Pick<MilvusSettings, "etcd" | "etcdVolume">, namespace: string): string[] {
  const self = "$(POD_NAME)";
  const flags = {
    "name": self,
    "data-dir": `${DATA_DIRECTORY}/${DATA}`,
    "listen-client-urls": `http://0.0.0.0:${String(PORTS.client)}`,
    "advertise-client-urls": `http://${at(self, namespace, PORTS.client)}`,
    "listen-peer-urls": `http://0.0.0.0:${String(PORTS.peer)}`,
    "initial-advertise-peer-urls": `http://${at(self, namespace, PORTS.peer)}`,
    "listen-metrics-urls": `http://0.0.0.0:${String(METRICS.port)}`,
    "initial-cluster": members(settings)
      .map((member) => `${member}=http://${at(member, namespace, PORTS.peer)}`)
      .join(","),
    "initial-cluster-state": "new",
    "auto-compaction-mode": "revision",
    "auto-compaction-retention": "1000",
    // The log of changes and snapshots take the other half of the volume.
    "quota-backend-bytes": String(Math.min(MOST_DATA, Math.floor(settings.etcdVolume / 2))),
  };
  return Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
}
