import { type Labels, selector } from "../../core/labels";
import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { GiB, MiB } from "../../core/quantity";
import type { MariadbSettings } from "./settings";

/** Name of the MariaDB resource, and prefix of the names of the objects that the operator creates for it. */
export const NAME = "mariadb";
export const OPERATOR = "mariadb-operator";
/** The container that the operator adds to each of several servers. */
export const AGENT = "agent";

export const PORT = 3306;
/** The Service of the primary. A single server has only one Service. */
export const writeService = (replicas: number): string => (replicas > 1 ? `${NAME}-primary` : NAME);

export const SOCKET_PATH = "/run/mysqld";
/** Temporary files of sorts and tables that do not fit in memory. */
export const SCRATCH_PATH = "/tmp";

export const METRICS = { portName: "metrics", port: 9104 } as const;
/** Path at which the exporter probes the server that a request names. */
export const PROBE = "/probe";

export type OperatorRole = "controller" | "webhook" | "certificates";

/** Servers, exporter, and the backup job. */
export function mariadbPods(platform: Platform, settings: MariadbSettings): PodGroup[] {
  const { server, agent, backup, storage } = settings;
  const named = (role: string) => ({ service: NAME, role, namespace: platform.namespace("storage") });
  const several = server.replicas > 1;
  const facts = {
    volumes: [platform.volume("storage", storage)],
    scratch: { [SCRATCH_PATH]: GiB, [SOCKET_PATH]: 16 * MiB },
    spread: several ? "one-per-node" : "any",
    sidecars: several ? [platform.sidecar(AGENT, agent)] : [],
  } as const;
  return [
    platform.podGroup({ ...named("server"), ...facts }, server),
    platform.podGroup(named("exporter"), { ...settings.exporter, replicas: 1 }),
    ...(backup.method === "off" ? [] : [backupPods(platform, settings, named("backup"))]),
  ];
}

/** The backup job mounts the volume of the server that it copies, so it runs on that server's node, in the server's pools. */
function backupPods(
  platform: Platform,
  { server, backup, storage }: MariadbSettings,
  names: Pick<PodGroup, "service" | "role" | "namespace">,
): PodGroup {
  const facts = {
    ...names,
    volumes: [platform.volume("staging", storage)],
    scratch: { [SCRATCH_PATH]: GiB, [SOCKET_PATH]: 16 * MiB },
    lifetime: "job",
  } as const;
  return platform.podGroup(facts, { ...backup.job, replicas: 1, pool: server.pool });
}

/** The operator labels the servers; other pods have the stack's labels. */
export function podLabels(role: string | undefined): Labels {
  if (role === undefined) return { "app.kubernetes.io/name": NAME };
  return role === "server"
    ? { "app.kubernetes.io/name": NAME, "app.kubernetes.io/instance": NAME }
    : selector({ service: NAME, role });
}

export function operatorPods(
  platform: Platform,
  { operatorSize, webhookSize }: MariadbSettings,
): [controller: PodGroup, webhook: PodGroup, certificates: PodGroup] {
  const named = (role: OperatorRole) => ({ service: OPERATOR, role, namespace: platform.namespace("operators") });
  return [
    platform.podGroup(named("controller"), operatorSize),
    platform.podGroup(named("webhook"), webhookSize),
    platform.podGroup(named("certificates"), webhookSize),
  ];
}

const CHART_NAMES: Readonly<Record<OperatorRole, string>> = {
  controller: OPERATOR,
  webhook: `${OPERATOR}-webhook`,
  certificates: `${OPERATOR}-cert-controller`,
};

/** Labels that the chart gives the pods of its release. */
export function operatorLabels(role: string | undefined): Labels {
  const instance = { "app.kubernetes.io/instance": OPERATOR };
  if (role === undefined) return instance;
  return { "app.kubernetes.io/name": CHART_NAMES[role as OperatorRole], ...instance };
}
