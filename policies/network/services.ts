import { type Labels, labelsOf, selectsPlainly } from "../core/labels";
import { once } from "../core/once";
import type { Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import { keysOf } from "../operators";
import type { Place, Text } from "../operators/types";
import { kindOf } from "../workloads";
import { fill, fillAll, hasLabels, numbersOf, placeOf } from "../workloads/text";
import type { Workload } from "../workloads/types";

interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** Number or name of the container's port. */
  readonly target: number | string;
}

/** A Service that is in the stack, or that an operator makes for one of its resources. */
export interface Service {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly labels: Labels;
  readonly ports: readonly ServicePort[];
  readonly pods: readonly Workload[];
}

/** Kinds for which an operator makes Services. */
const SERVED = keysOf(({ services }) => services !== undefined);

/** Services of the stack by `namespace/name`. */
export const services = once((stack: Stack): ReadonlyMap<string, Service> => {
  const all = [
    ...stack.of("core/Service").map((resource) => written(resource, stack)),
    ...stack.of(...SERVED).flatMap((resource) => made(resource, stack)),
  ];
  return new Map(all.map((service) => [`${service.namespace ?? ""}/${service.name}`, service]));
});

function written(resource: Resource, stack: Stack): Service {
  const spec = resource.root.at("spec");
  const { name, namespace } = resource;
  return {
    name,
    namespace,
    labels: labelsOf(resource.root.at("metadata", "labels")),
    ports: spec.at("ports").items.flatMap((one) => {
      const port = one.at("port").number;
      if (port === undefined) return [];
      const target = one.at("targetPort");
      return [{ name: one.at("name").text ?? "", port, target: target.number ?? target.text ?? port }];
    }),
    pods: stack.workloads.filter(
      (pods) => pods.namespace === namespace && selectsPlainly(spec.at("selector"), pods.labels),
    ),
  };
}

/** Services that the operator of a kind makes for its resources. */
function made(resource: Resource, stack: Stack): Service[] {
  const place = placeOf(resource);
  return (kindOf(resource)?.services ?? []).flatMap(({ name, ports, pods }) => {
    const filled = fill(name, place);
    if (filled === null) return [];
    return {
      name: filled,
      namespace: resource.namespace,
      labels: undefined,
      ports: ports.flatMap((one) =>
        numbersOf(one, place).map((port) => ({ name: one.name ?? "", port, target: port })),
      ),
      pods: podsBehind(stack, place, pods),
    };
  });
}

/** Pods of a resource; with labels, pods of its namespace that have them. */
export function podsBehind(stack: Stack, place: Place, labels: Readonly<Record<string, Text>> | undefined): Workload[] {
  const { resource } = place;
  if (labels === undefined) return stack.workloads.filter((pods) => pods.resource === resource);
  const wanted = fillAll(labels, place);
  return stack.workloads.filter((pods) => pods.namespace === resource.namespace && hasLabels(pods, wanted));
}

/** Ports of the containers behind a port of a Service, or behind all of them. */
export function targetPorts(service: Service, port: number | undefined): number[] {
  const ports = service.ports.filter((one) => port === undefined || one.port === port);
  // A headless Service maps no ports: clients connect to the pod's port directly.
  if (ports.length === 0 && port !== undefined) return [port];
  return ports.flatMap(({ target }) => portNumber(target, service.pods) ?? []);
}

/** Number of a port that may be given by its name in the containers. */
export function portNumber(target: number | string, pods: readonly Workload[]): number | undefined {
  if (typeof target === "number") return target;
  return pods.flatMap(({ listeners }) => listeners).find(({ name }) => name === target)?.port;
}
