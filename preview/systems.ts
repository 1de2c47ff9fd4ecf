import type { Platform } from "../components/core/platform";
import { doorUrl, forwardCommand } from "../components/core/door";
import type { BucketGrant } from "../components/core/grant";
import { groupName } from "../components/core/pod-group";
import { type AnySystem, layerOf, settingsOf } from "../components/core/system";
import { podsBySystem, stackFacts, systemsOn } from "../components/facts";
import type { Settings } from "../components/settings";
import { by } from "../planner/order";
import type { DoorReport, GrantReport, LinkReport, Plan, SystemReport } from "../planner/plan";
import type { Recorded } from "./recorder";

/** The name of a system in plans: `trino`, `ceph`. */
export const systemName = ({ kind, key }: AnySystem): string => kind ?? key;

/** The systems of a stack that are on, from its settings alone. */
export function systemReports(settings: Settings): SystemReport[] {
  return systemsOn(settings).map((system) => ({
    name: systemName(system),
    layer: layerOf(system),
    summary: system.summary,
  }));
}

/** Entry points, each with its system. */
export function doorReports(ground: Platform, settings: Settings): DoorReport[] {
  const stack = stackFacts(settings);
  return systemsOn(settings, stack).flatMap((system) =>
    (system.doors?.({ platform: ground, settings: settingsOf(system, settings), stack }) ?? []).map((door) => ({
      name: door.name,
      system: systemName(system),
      kind: door.kind,
      url: doorUrl(door),
      open: forwardCommand(door),
    })),
  );
}

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
      client: ownerOf(String(inputs.client)),
      server: ownerOf(String(inputs.server)),
      policies: policies.get(urn) ?? [],
    }));
}

/** Rights in the object store, from the stack's outputs. */
export function grantReports({ s3 }: Plan["outputs"], ground: Platform, settings: Settings): GrantReport[] {
  const { grants = [] } = (s3 ?? {}) as { readonly grants?: readonly BucketGrant[] };
  // Users are named after services, which no two systems share.
  const services = podsBySystem(ground, settings).flatMap(({ system, pods }) =>
    pods.map(({ service }) => ({ service, system: systemName(system) })),
  );
  const longest = services.toSorted(by(({ service }) => -service.length));
  const systemOf = (user: string) =>
    longest.find(({ service }) => user === service || user.startsWith(`${service}-`))?.system ?? user;
  return grants.flatMap(({ user, access }) =>
    access.map(({ bucket, prefix = "", level }) => ({
      system: systemOf(user),
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
  const known = new Map<string, string>();
  for (const { system, pods } of on)
    for (const group of pods)
      for (const name of [group.service, groupName(group)]) known.set(`${group.namespace}/${name}`, systemName(system));
  const longest = [...known].toSorted(by(([name]) => -name.length));
  const names = on.map(({ system }) => systemName(system));
  return (place) => {
    // Pods of several roles have a name of their own after their service's: `kafka-node`.
    const owner = known.get(place) ?? longest.find(([name]) => place.startsWith(`${name}-`))?.[1];
    if (owner !== undefined) return owner;
    const name = place.slice(place.indexOf("/") + 1);
    // What stands outside of the stack is named after the system that describes it: `ceph-rgw`.
    return names.find((system) => name === system || name.startsWith(`${system}-`)) ?? name;
  };
}
