import type { Platform } from "../components/core/platform";
import { type Door, doorUrl, forwardCommand } from "../components/core/door";
import type { BucketGrant } from "../components/core/grant";
import { groupName } from "../components/core/pod-group";
import { layerOf, systemName } from "../components/core/system";
import { describedBy, isThere, podsBySystem, stackDoors, stackFacts, systemsOn } from "../components/facts";
import type { Settings } from "../components/settings";
import { by } from "../planner/order";
import type { DoorReport, GrantReport, LinkReport, Plan, SystemReport } from "../planner/plan";
import type { Recorded } from "./recorder";

/** The systems of a stack that are on, from its settings alone. */
export function systemReports(settings: Settings): SystemReport[] {
  return systemsOn(settings).map((system) => ({
    name: systemName(system),
    layer: layerOf(system),
    summary: system.summary,
  }));
}

/** Entry points, each with its system. */
export const doorReports = (ground: Platform, settings: Settings): DoorReport[] =>
  describedBy({ platform: ground, settings, stack: stackFacts(settings) }, (system, facts) =>
    (system.doors?.(facts) ?? [])
      .filter(isThere)
      .map((door) => ({
        name: door.name,
        system: systemName(system),
        kind: door.kind,
        url: doorUrl(door),
        open: forwardCommand(door),
        signIn: door.signIn ?? null,
        ...opening(door, ground, settings),
      })),
  );

/** Who outside of the stack reaches a door. */
function opening(door: Door, ground: Platform, settings: Settings): Pick<DoorReport, "outside" | "clients"> {
  // Who reaches a port reaches all that is behind it.
  const same = stackDoors(ground, settings).filter((each) => sharesPort(each, door));
  const names = [door.name, ...same.map(({ name }) => name)];
  const outside = names.flatMap((name) => stackFacts(settings).door(name)?.url ?? [])[0];
  const clients = settings.allow
    .filter(({ to }) => names.includes(to))
    .map(
      ({ namespace, labels }) =>
        `${namespace}/${Object.entries(labels)
          .map((pair) => pair.join("="))
          .join(",")}`,
    );
  return { ...(outside === undefined ? {} : { outside }), ...(clients.length === 0 ? {} : { clients }) };
}

const sharesPort = (one: Door, other: Door) =>
  one.service === other.service && one.namespace === other.namespace && one.port === other.port;

/** Links that the program made, with the systems on both sides and the policies that open them. */
export function linkReports(resources: readonly Recorded[], ground: Platform, settings: Settings): LinkReport[] {
  const ownerOf = owners(ground, settings);
  const policies = new Map<string, string[]>();
  for (const { type, parent, inputs } of resources)
    if (type.endsWith(":NetworkPolicy")) {
      const { name, namespace } = inputs.metadata as { readonly name: string; readonly namespace: string };
      policies.set(parent, [...(policies.get(parent) ?? []), `${namespace}/${name}`]);
    }
  return resources
    .filter(({ type }) => type === "lakehouse:core:Link")
    .map(({ urn, inputs }) => ({
      from: String(inputs.from),
      to: String(inputs.to),
      port: Number(inputs.port),
      protocol: inputs.protocol === "UDP" ? "UDP" : "TCP",
      ...(inputs.tls === true ? { tls: true } : {}),
      client: ownerOf(String(inputs.client)),
      server: ownerOf(String(inputs.server)),
      policies: policies.get(urn) ?? [],
    }));
}

/** Rights in the object store, from the stack's outputs. */
export function grantReports({ s3 }: Plan["outputs"], ground: Platform, settings: Settings): GrantReport[] {
  const { grants = [] } = (s3 ?? {}) as { readonly grants?: readonly BucketGrant[] };
  // Users are named after services, which no two systems share; some have no pods of their own, such as people.
  const ownerOf = nameFinder(
    podsBySystem(ground, settings).flatMap(({ system, pods }) =>
      [...pods.map(({ service }) => service), ...(system.clients ?? [])].map((name): Owned => [
        name,
        systemName(system),
      ]),
    ),
  );
  return grants.flatMap(({ user, access }) =>
    access.map(({ bucket, prefix = "", level }) => ({
      system: ownerOf(user) ?? user,
      user,
      bucket,
      ...(prefix !== "" && { prefix }),
      level,
    })),
  );
}

/** Finds the system of pods by their place, `lakehouse-query/trino-worker`; their own name where no system runs them. */
function owners(ground: Platform, settings: Settings): (place: string) => string {
  const on = podsBySystem(ground, settings);
  const ownerOf = nameFinder(
    on.flatMap(({ system, pods }) =>
      pods.flatMap((group) =>
        [group.service, groupName(group)].map((name): Owned => [`${group.namespace}/${name}`, systemName(system)]),
      ),
    ),
  );
  // What stands outside of the stack is named after the system that describes it: `ceph-rgw`.
  const outside = nameFinder(on.map(({ system }): Owned => [systemName(system), systemName(system)]));
  return (place) => {
    const name = place.slice(place.indexOf("/") + 1);
    return ownerOf(place) ?? outside(name) ?? name;
  };
}

/** A name, and the system that it is of. */
type Owned = readonly [name: string, system: string];

/** Finds the system of a name: its own, or that of the longest name which it continues, as `kafka-node` does `kafka`. */
export function nameFinder(all: readonly Owned[]): (name: string) => string | undefined {
  const known = new Map(all);
  const longest = [...known].toSorted(by(([name]) => -name.length));
  return (name) => known.get(name) ?? longest.find(([start]) => name.startsWith(`${start}-`))?.[1];
}
