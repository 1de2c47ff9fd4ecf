import type { Platform, PodGroupFacts } from "../../core/platform";
import { groupName, type PodGroup } from "../../core/pod-group";
import { GiB, MiB } from "../../core/quantity";
import type { SeaweedfsSettings } from "./settings";

export const NAME = "seaweedfs";
/** Roles of the programs that run always. */
export type Role = "master" | "server" | "filer" | "gateway";
/** Name of the workload of a role, and of its headless Service. */
export const workloadOf = (role: Role): string => groupName({ service: NAME, role });

/** Size of tasks: one command after the other of a client. */
const TASK = { replicas: 1, cpu: 0.1, memory: 256 * MiB, pool: undefined };

export function seaweedfsPods(platform: Platform, settings: SeaweedfsSettings): PodGroup[] {
  const { master, server, filer, gateway } = settings;
  const names = (role: Role | "buckets" | "maintenance") => ({
    service: NAME,
    role,
    namespace: platform.namespace("storage"),
    scratch: { "/tmp": 256 * MiB },
  });
  const apart = (replicas: number): Pick<PodGroupFacts, "spread"> => ({
    spread: replicas > 1 ? "one-per-node" : "any",
  });
  const drives = Array.from({ length: settings.drives }, (_, index) =>
    platform.volume(`data-${String(index)}`, settings.driveSize),
  );
  return [
    platform.podGroup(
      { ...names("master"), ...apart(master.replicas), volumes: [platform.volume("data", GiB)] },
      master,
    ),
    platform.podGroup({ ...names("server"), ...apart(server.replicas), volumes: drives }, server),
    platform.podGroup(
      { ...names("filer"), volumes: [platform.volume("data", settings.filerVolume)] },
      { ...filer, replicas: 1 },
    ),
    platform.podGroup(names("gateway"), gateway),
    platform.podGroup({ ...names("buckets"), lifetime: "once" }, TASK),
    platform.podGroup({ ...names("maintenance"), lifetime: "job" }, TASK),
  ];
}
