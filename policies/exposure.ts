import type { StackValidationPolicy } from "@pulumi/policy";

import { stackPolicy } from "./core/define";
import type { Field } from "./core/field";
import { selectsPlainly } from "./core/labels";
import { DOMAIN, type Resource } from "./core/resource";
import type { Stack } from "./core/stack";
import { DATA_KINDS } from "./operators";
import { title, type Workload } from "./workloads/types";

/** Ways into the cluster that lead to stored data. */

const REASON = `${DOMAIN}/exposed-reason`;
const OPEN = new Set(["NodePort", "LoadBalancer"]);

export const serviceForbidExposedData: StackValidationPolicy = stackPolicy({
  name: "service-forbid-exposed-data",
  description: "Pods that hold data are reached from outside of the cluster only where somebody said why.",
  *check(stack) {
    for (const door of doors(stack)) {
      if ((door.on.annotation(REASON)?.trim() ?? "") !== "") continue;
      const holder = door.pods.find((pods) => holdsData(pods, stack));
      if (holder === undefined) continue;
      yield {
        on: door.on,
        field: door.field,
        problem: `opens ${title(holder)}, which holds data, with ${door.how}`,
        fix: `use a ClusterIP and a port-forward, or say why in the annotation ${REASON}`,
      };
    }
  },
});

interface Door {
  readonly on: Resource;
  readonly field: Field;
  /** As it is written. */
  readonly how: string;
  readonly pods: readonly Workload[];
}

function* doors(stack: Stack): Generator<Door> {
  for (const on of stack.of("core/Service")) {
    const spec = on.root.at("spec");
    const pods = stack.workloads.filter(
      ({ namespace, labels }) => namespace === on.namespace && selectsPlainly(spec.at("selector"), labels),
    );
    yield* open(on, spec, pods);
  }
  // Operators make Services as their custom resources ask for.
  for (const pods of stack.workloads) {
    const spec = pods.resource.root.at("spec");
    for (const one of spec.get("managed.services.additional").items)
      yield* open(pods.resource, one.get("serviceTemplate.spec"), [pods]);
    const template = pods.resource.key === "postgresql.cnpg.io/Pooler" ? spec.get("serviceTemplate.spec") : undefined;
    if (template !== undefined) yield* open(pods.resource, template, [pods]);
  }
  for (const on of stack.of("kafka.strimzi.io/Kafka")) {
    for (const listener of on.root.get("spec.kafka.listeners").items) {
      const field = listener.at("type");
      if (!["nodeport", "loadbalancer"].includes(field.text ?? "")) continue;
      yield { on, field, how: `a listener of the type ${field.text ?? ""}`, pods: brokers(stack, on) };
    }
  }
}

function* open(on: Resource, spec: Field, pods: readonly Workload[]): Generator<Door> {
  const type = spec.at("type");
  if (OPEN.has(type.text ?? "")) yield { on, field: type, how: `the type ${type.text ?? ""}`, pods };
  for (const address of spec.at("externalIPs").items)
    yield { on, field: address, how: `the address ${address.text ?? "that is not known yet"}`, pods };
}

/** Pods of a Kafka cluster, also those of its node pools. */
function brokers(stack: Stack, { name, namespace }: Resource): Workload[] {
  return stack.workloads.filter(
    ({ resource }) =>
      resource.namespace === namespace &&
      ((resource.kind === "Kafka" && resource.name === name) ||
        resource.root.at("metadata", "labels", "strimzi.io/cluster").text === name),
  );
}

/** Databases hold data whatever their storage is; others do when a volume outlives the pod. */
function holdsData({ resource, claims = [], mounts = [] }: Workload, stack: Stack): boolean {
  // Of `Kafka` itself the pods keep nothing: its brokers are in the node pools.
  if (claims.length + mounts.length > 0 || (DATA_KINDS.has(resource.key) && resource.kind !== "Kafka")) return true;
  if (resource.key !== "postgresql.cnpg.io/Pooler") return false;
  // Whoever reaches the pooler reaches the database behind it.
  return stack.of("postgresql.cnpg.io/Cluster").some(({ namespace }) => namespace === resource.namespace);
}
