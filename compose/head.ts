import { ofKind, type StackObject } from "../components/core/composition";
import { systemName } from "../components/core/system";
import { parseBytes } from "../components/core/quantity";
import type { StackConfig } from "../inputs/stack-file";
import { gib, list } from "../planner/report/format";
import type { Model } from "./model";
import type { Selection } from "./selection";

/** Kinds of Kubernetes that have no like in compose, in the words of the file's head. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  NetworkPolicy: "network policies (their ways are the networks below)",
  CronJob: "schedules",
  PodDisruptionBudget: "disruption budgets",
  ResourceQuota: "quotas",
  Role: "roles",
  ServiceMonitor: "monitoring",
  PriorityClass: "priorities",
};

export interface HeadArgs {
  readonly config: StackConfig;
  readonly selection: Selection;
  readonly model: Model;
  readonly objects: readonly StackObject[];
}

/** What a reader of the file should know, in a few lines. */
export function headOf({ config, selection, model, objects }: HeadArgs): string[] {
  const kinds = Object.entries(LEFT_OUT).filter(([kind]) => ofKind(objects, kind).length > 0);
  const names = selection.systems.map(systemName);
  return [
    `${list(names)} of the stack ${config.stack}, without Kubernetes: made by \`lakehouse compose\`, which writes it anew.`,
    `Memory of all services together: ${gib(memoryOf(model))}. Passwords are in .env; ports are open on this machine alone.`,
    "",
    "  ./start.sh                       start, and wait until everything is ready",
    "  ./stop.sh                        stop; the data stay",
    "  ./backup.sh FILE                 all data and passwords in one file",
    "  ./restore.sh FILE --replace      the way back",
    "",
    `Left out, as Kubernetes alone has them: ${list([...kinds.map(([, words]) => words), "exporters of metrics"])}.`,
    ...selection.without.map(([system, reason]) => `Without ${systemName(system)}: ${reason}.`),
    ...(selection.dropped.length === 0
      ? []
      : [`Left out of the settings, as they name what is not here: ${list(selection.dropped)}.`]),
  ];
}

/** Bytes of the services that stay. */
export function memoryOf({ groups }: Model): number {
  const services = [...groups.values()].flatMap((group) => [...group.values()]);
  return services
    .filter(({ restart }) => restart !== undefined)
    .map(({ deploy }) => (parseBytes(`${deploy.resources.limits.memory ?? "0M"}i`) ?? 0) * (deploy.replicas ?? 1))
    .reduce((sum, each) => sum + each, 0);
}
