import { platform } from "../components/cluster/platform";
import { type AnySystem, systemName } from "../components/core/system";
import { podsBySystem, systemsOn } from "../components/facts";
import type { Settings } from "../components/settings";
import type { Recorded } from "../preview/recorder";
import { nameFinder } from "../preview/systems";
import { CLUSTER, OBSERVABILITY } from "./unit";

/** The unit of a resource. */
export interface Place {
  readonly unit: string;
  /** The system that the unit is part of; undefined for the cluster's and for monitoring. */
  readonly system?: AnySystem;
}

/** The component of monitors, alerts and dashboards; systems that watch have a layer of their own. */
const WATCHING = "lakehouse:observability:Observability";

/** Finds the unit of a resource by the components that it is part of: the stack, a layer, a service. */
export function places(resources: readonly Recorded[], settings: Settings): (of: Recorded) => Place {
  const byUrn = new Map(resources.map((each) => [each.urn, each]));
  const around = ({ parent }: Recorded): Recorded[] => {
    const found = byUrn.get(parent);
    return found === undefined || found.type.startsWith("pulumi:") ? [] : [...around(found), found];
  };
  const releasing = new Set(resources.filter(isRelease).map((each) => around(each)[2]?.name));
  const on = new Map(systemsOn(settings).map((system) => [systemName(system), system]));
  const systemOf = nameFinder([
    ...[...on.keys()].map((name) => [name, name] as const),
    ...podsBySystem(platform(settings), settings).flatMap(({ system, pods }) =>
      pods.map(({ service }) => [service, systemName(system)] as const),
    ),
  ]);
  return (of) => {
    const [, layer, service] = around(of);
    if (layer === undefined || layer.type.startsWith("lakehouse:cluster:")) return { unit: CLUSTER };
    if (service === undefined || layer.type === WATCHING) return { unit: OBSERVABILITY };
    const { name } = service;
    const system = on.get(systemOf(name) ?? name);
    if (system === undefined) return { unit: name };
    // An operator comes before the objects that it acts on, so it is a unit of its own.
    return { unit: releasing.has(name) ? name : systemName(system), system };
  };
}

export const isRelease = ({ type }: Pick<Recorded, "type">): boolean => type === "kubernetes:helm.sh/v3:Release";
