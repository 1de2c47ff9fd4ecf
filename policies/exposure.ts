import type { StackValidationPolicy } from "@pulumi/policy";

import { stackPolicy } from "./core/define";
import type { Field } from "./core/field";
import { selectsPlainly } from "./core/labels";
import { every } from "./core/path";
import { DOMAIN, type Resource } from "./core/resource";
import type { Stack } from "./core/stack";
import { podsBehind, services } from "./network/services";
import { keysOf } from "./operators";
import { kindOf } from "./workloads";
import { placeOf } from "./workloads/text";
import { title, type Workload } from "./workloads/types";

/** Services and listeners that clients outside of the cluster reach, in front of pods that hold data. */

const REASON = `${DOMAIN}/exposed-reason`;
/** Kinds whose operator makes Services or listeners for clients outside. */
const OPENING = keysOf(({ doors }) => doors !== undefined);
/** Kinds that lead from a gateway to Services. */
const ROUTES = [
  "networking.k8s.io/Ingress",
  ...["GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute", "UDPRoute"].map((kind) => `gateway.networking.k8s.io/${kind}`),
];
const OPEN = new Set(["NodePort", "LoadBalancer"]);

export const serviceForbidExposedData: StackValidationPolicy = stackPolicy({
  name: "service-forbid-exposed-data",
  description: "Pods that hold data are reached from outside of the cluster only if an annotation gives the reason.",
  *check(stack) {
    for (const door of doors(stack)) {
      if ((door.on.annotation(REASON)?.trim() ?? "") !== "") continue;
      const holder = door.pods.find((pods) => holdsData(pods, stack));
      if (holder === undefined) continue;
      yield {
        on: door.on,
        field: door.field,
        problem: `exposes ${title(holder)}, which holds data, outside of the cluster by ${door.how}`,
        fix: `use a ClusterIP and a port-forward, or give the reason in the annotation ${REASON}`,
      };
    }
  },
});

interface Door {
  readonly on: Resource;
  readonly field: Field;
  /** The setting that exposes the pods, for the message. */
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
  for (const on of stack.of(...ROUTES)) yield* routed(on, stack);
  // Operators make Services and listeners from their custom resources.
  for (const on of stack.of(...OPENING)) {
    const place = placeOf(on);
    for (const door of kindOf(on)?.doors ?? []) {
      const pods = podsBehind(stack, place, door.pods);
      for (const one of every(place, door.at)) {
        if (door.is === "service") yield* open(on, one, pods);
        else yield* listener(on, one, door.exposed, pods);
      }
    }
  }
}

/** Pods behind the Services that a route or an Ingress leads to. */
function* routed(on: Resource, stack: Stack): Generator<Door> {
  const spec = on.root.at("spec");
  const backends = [
    ...spec
      .at("rules")
      .items.flatMap((rule) => [
        ...rule.at("backendRefs").items.map((one) => ({ name: one.at("name"), namespace: one.at("namespace").text })),
        ...rule
          .get("http.paths")
          .items.map((path) => ({ name: path.get("backend.service.name"), namespace: undefined })),
      ]),
    { name: spec.get("defaultBackend.service.name"), namespace: undefined },
  ].filter(({ name }) => name.present);
  const known = services(stack);
  for (const { name, namespace = on.namespace } of backends) {
    const pods = known.get(`${namespace}/${name.text ?? ""}`)?.pods ?? [];
    yield { on, field: name, how: `the route to ${name.text ?? "a Service that is not known yet"}`, pods };
  }
}

function* listener(on: Resource, one: Field, exposed: readonly string[], pods: readonly Workload[]): Generator<Door> {
  const field = one.at("type");
  const type = field.text ?? "";
  if (exposed.includes(type)) yield { on, field, how: `a listener of the type ${type}`, pods };
}

function* open(on: Resource, spec: Field, pods: readonly Workload[]): Generator<Door> {
  const type = spec.at("type");
  if (OPEN.has(type.text ?? "")) yield { on, field: type, how: `the type ${type.text ?? ""}`, pods };
  for (const address of spec.at("externalIPs").items)
    yield { on, field: address, how: `the address ${address.text ?? "that is not known yet"}`, pods };
}

/** Databases hold data whatever their storage is; other pods do if a volume outlives them. */
function holdsData({ resource, claims = [], mounts = [] }: Workload, stack: Stack): boolean {
  const kind = kindOf(resource);
  if (claims.length + mounts.length > 0 || kind?.holdsData === "in its pods") return true;
  return stack.of(...(kind?.leadsTo ?? [])).some(({ namespace }) => namespace === resource.namespace);
}
