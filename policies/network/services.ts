import { type Labels, labelsOf, selectsPlainly } from "../core/labels";
import { once } from "../core/once";
import type { Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import type { Workload } from "../workloads/types";

interface ServicePort {
  readonly name: string;
  readonly port: number;
  /** Number or name of the container's port. */
  readonly target: number | string;
}

/** A Service of the stack, written in it or made by an operator for one of its resources. */
export interface Service {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly labels: Labels;
  readonly ports: readonly ServicePort[];
  readonly pods: readonly Workload[];
}

/** Services of the stack by `namespace/name`. */
export const services = once((stack: Stack): ReadonlyMap<string, Service> => {
  const all = [
    ...stack.of("core/Service").map((resource) => written(resource, stack)),
    ...stack
      .of("postgresql.cnpg.io/Cluster")
      .flatMap((resource) => ["-rw", "-ro", "-r"].map((suffix) => made(resource, `${resource.name}${suffix}`, stack))),
    ...stack.of("postgresql.cnpg.io/Pooler").map((resource) => made(resource, resource.name, stack)),
    ...stack.of("kafka.strimzi.io/Kafka").map((resource) => bootstrap(resource, stack)),
    ...stack
      .of("kafka.strimzi.io/KafkaConnect")
      .map((resource) => ({
        ...made(resource, `${resource.name}-connect-api`, stack),
        ports: [{ name: "rest-api", port: 8083, target: 8083 }],
      })),
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

/** CloudNativePG makes Services for its pods. */
function made(resource: Resource, name: string, stack: Stack): Service {
  return {
    name,
    namespace: resource.namespace,
    labels: undefined,
    ports: [{ name: "postgres", port: 5432, target: 5432 }],
    pods: stack.workloads.filter((pods) => pods.resource === resource),
  };
}

/** Where clients of Kafka begin: Strimzi makes one Service in front of all brokers. */
function bootstrap(resource: Resource, stack: Stack): Service {
  const listeners = resource.root.get("spec.kafka.listeners").items.flatMap((one) => one.at("port").number ?? []);
  const brokers = { "strimzi.io/cluster": resource.name, "strimzi.io/broker-role": "true" };
  return {
    name: `${resource.name}-kafka-bootstrap`,
    namespace: resource.namespace,
    labels: undefined,
    ports: [9091, ...listeners].map((port) => ({ name: "", port, target: port })),
    pods: stack.workloads.filter(
      ({ namespace, labels }) =>
        namespace === resource.namespace && Object.entries(brokers).every(([key, value]) => labels?.[key] === value),
    ),
  };
}

/** Ports of the containers behind a port of a Service, or behind all of them. */
export function targetPorts(service: Service, port: number | undefined): number[] {
  const ports = service.ports.filter((one) => port === undefined || one.port === port);
  // A headless Service translates nothing: clients talk to whatever port of the pod they name.
  if (ports.length === 0 && port !== undefined) return [port];
  return ports.flatMap(({ target }) => portNumber(target, service.pods) ?? []);
}

/** Number of a port that may be given by its name in the containers. */
export function portNumber(target: number | string, pods: readonly Workload[]): number | undefined {
  if (typeof target === "number") return target;
  return pods.flatMap(({ listeners }) => listeners).find(({ name }) => name === target)?.port;
}
