import type { Field } from "../core/field";
import { type Labels, labelsOf } from "../core/labels";
import { every, first, type Path } from "../core/path";
import { parseQuantity } from "../core/quantity";
import type { Resource } from "../core/resource";
import type { First, MadeClaim, MadeContainer, Need, Place, Pods, Reading } from "../operators/types";
import { configMapsOf, containerFields, listenersOf, mountsOf, resources, rollingSurge, written } from "./containers";
import { fill, fillAll, list, numbersOf, placeOf } from "./text";
import type { Claim, Container, ImpliedNeed, Listener, Workload } from "./types";

/** The workloads that a resource makes, by a record of `operators/`. */
export function read(resource: Resource, pods: Pods): Workload[] {
  return places(resource, pods).map((place) => workload(pods, place));
}

/** The annotation maps that the stack sets on the pods of a record. */
export function annotations(resource: Resource, pods: Pods): Field[] {
  return places(resource, pods).flatMap((place) => annotationsOf(pods, templateOf(pods, place), place));
}

function places(resource: Resource, pods: Pods): Place[] {
  const top = placeOf(resource);
  const blocks = pods.at === undefined ? [top.block] : every({ ...top, block: top.root }, pods.at);
  return blocks
    .map((block) => ({ ...top, block }))
    .filter((place) => pods.when === undefined || !first(place, pods.when).absent)
    .filter((place) => pods.enabled === undefined || !first(place, pods.enabled).is(false));
}

function templateOf({ template }: Pods, place: Place): Field | undefined {
  return template === undefined ? undefined : first(place, ...list(template));
}

function workload(pods: Pods, place: Place): Workload {
  const { resource, block } = place;
  const template = templateOf(pods, place);
  const pod = pods.pod === undefined ? (template?.at("spec") ?? block) : first(place, ...list(pods.pod));
  const field = (name: string, given: First | undefined) =>
    given === undefined ? pod.at(name) : first(place, ...list(given));
  const role = fill(pods.role ?? "", place) ?? "?";
  const replicas = replicasOf(pods, place);
  const containers = containersOf(pods, pod, place);
  const volumes = pods.volumes === undefined ? pod.at("volumes").items : every(place, ...list(pods.volumes));
  const configMaps = every(place, ...list(pods.configMaps ?? [])).flatMap(({ text }) => text ?? []);
  const account = field("serviceAccountName", pods.serviceAccount);
  return {
    resource,
    role,
    lifetime: pods.lifetime ?? "always",
    replicas,
    surge: surgeOf(pods, replicas, place),
    namespace: resource.namespace,
    ...labelling(pods, template, place),
    annotations: annotationsOf(pods, template, place),
    // Kubernetes runs pods without a named account under `default`.
    serviceAccount: account.absent && template !== undefined ? "default" : account.text,
    containers,
    spec: pods.judged === false ? undefined : pod,
    security: field("securityContext", pods.security),
    volumes,
    claims: (pods.claims ?? []).flatMap((one) => claims(one, place)),
    mounts: mountsOf(volumes),
    configMaps: [...new Set([...configMapsOf(volumes, containers), ...configMaps])],
    affinity: field("affinity", pods.affinity),
    nodeSelector: field("nodeSelector", pods.nodeSelector),
    tolerations: field("tolerations", pods.tolerations),
    priorityClass: field("priorityClassName", pods.priorityClass).text,
    listeners: [...listeners(pods, place), ...containers.flatMap(listenersOf)],
    texts: textsOf(pods, template, containers, place),
    reads: (pods.reads ?? []).flatMap((one) => reading(one, place)),
    ...(pods.operates === undefined ? {} : { operates: list(pods.operates) }),
    ...(pods.starts === undefined ? {} : { starts: pods.starts }),
    ...(pods.tokenless === undefined ? {} : { tokenless: pods.tokenless }),
    implied: (pods.needs ?? []).flatMap((need) => implied(need, { role, replicas }, place)),
  };
}

function replicasOf({ replicas = ".replicas" }: Pods, place: Place): number {
  if (typeof replicas === "number") return replicas;
  if (typeof replicas === "function") return replicas(place);
  // Without a number, an autoscaler decides it; one pod is the least.
  return first(place, ...list(replicas)).number ?? 1;
}

function surgeOf({ surge = 0 }: Pods, replicas: number, place: Place): number {
  return typeof surge === "number"
    ? surge
    : rollingSurge(first(place, ...list(surge.strategy)), replicas, surge.defaultSurge);
}

function labelling(
  { labels = {}, labelsAt }: Pods,
  template: Field | undefined,
  place: Place,
): { labels: Labels; labelsField: Field | undefined } {
  if (typeof labels === "function") return { labels: labels(place), labelsField: undefined };
  const own = template === undefined ? [] : [template.at("metadata", "labels")];
  const maps = labelsAt === undefined ? own : every(place, ...list(labelsAt));
  const given = labelsOf(...maps);
  return {
    labels: given && { ...fillAll(labels, place), ...given },
    labelsField: maps.findLast(({ absent }) => !absent) ?? maps.at(-1),
  };
}

function annotationsOf({ labelsAt = [], annotationsAt }: Pods, template: Field | undefined, place: Place): Field[] {
  const own = template === undefined ? [] : [template.at("metadata", "annotations")];
  const beside = (path: Path) => path.replace(/labels$/, "annotations").replace(/Labels$/, "Annotations");
  return [...own, ...every(place, ...list(annotationsAt ?? list(labelsAt).map(beside)))];
}

function containersOf(pods: Pods, pod: Field, place: Place): Container[] {
  const own = (pods.containers ?? []).map((one) => made(one, place));
  const fields = pods.written === undefined ? containerFields(pod) : every(place, ...list(pods.written));
  const others = fields.map(written).filter(({ name }) => own.every((one) => one.name !== name));
  return [...own, ...others];
}

/** A container that an operator makes from a part of its resource. */
export function made({ at, name, kind = "main", size, ...given }: MadeContainer, place: Place): Container {
  const field = at === undefined ? place.block : first(place, ...list(at));
  const part = (key: string, paths: First | undefined) =>
    paths === undefined ? field.at(key) : first(place, ...list(paths));
  return {
    name: fill(name, place) ?? "?",
    kind,
    field,
    image: part("image", given.image),
    ...(size?.(place) ?? resources(part("resources", given.resources))),
    security: part("securityContext", given.security),
    ...(given.heap === undefined ? {} : { heap: first(place, ...list(given.heap)) }),
  };
}

function claims({ at, size, storageClass }: MadeClaim, place: Place): Claim[] {
  return every(place, ...list(at))
    .filter(({ absent }) => !absent)
    .map((block) => {
      const inside = { ...place, block };
      const field = first(inside, ...list(size ?? ".spec.resources.requests.storage"));
      const named = first(inside, ...list(storageClass ?? ".spec.storageClassName"));
      return { field, size: parseQuantity(field.value), storageClass: named.text };
    });
}

function listeners({ ports = [] }: Pods, place: Place): Listener[] {
  return ports.flatMap((one) => numbersOf(one, place).map((port) => ({ name: one.name ?? "", port })));
}

function textsOf(
  { texts }: Pods,
  template: Field | undefined,
  containers: readonly Container[],
  place: Place,
): readonly Field[] {
  if (texts === undefined && template === undefined) return [place.block];
  const given = typeof texts === "function" ? texts(place) : every(place, ...list(texts ?? []));
  // Whatever the record names: init containers and sidecars connect to what their commands say.
  return [...given, ...containers.flatMap(({ field }) => [field.at("command"), field.at("args"), field.at("env")])];
}

function reading({ kind: key, names, label }: Reading, place: Place): NonNullable<Workload["reads"]>[number][] {
  const value = label === undefined ? undefined : fill(label[1], place);
  // The owner in the label is unknown.
  if (label !== undefined && typeof value !== "string") return [];
  const whose = label === undefined || typeof value !== "string" ? {} : { label: [label[0], value] as const };
  return names === undefined ? [{ key, ...whose }] : names(place).map((name) => ({ key, name, ...whose }));
}

function implied(need: Need, own: Pick<Workload, "role" | "replicas">, place: Place): ImpliedNeed[] {
  const { why, when } = need;
  const there = typeof when === "function" ? when(place) : when === undefined || !first(place, when).absent;
  if (!there) return [];
  const numbers = "ports" in need ? need.ports.flatMap((port) => numbersOf(port, place)) : [];
  if ("ports" in need && numbers.length === 0) return [];
  if ("from" in need) {
    if (need.from === "operator") return [{ from: "operator", of: groupOf(place.resource), ports: numbers, why }];
    return numbersOf(need.port, place).map((port) => ({ from: "api-server", port, why }));
  }
  switch (need.to) {
    case "api-server":
      return [{ to: "api-server", why }];
    case "role":
      // A single pod does not connect to itself.
      if (need.role === own.role && own.replicas < 2) return [];
      return [{ to: "role", role: need.role, ports: numbers, why }];
    case "pods": {
      const labels = Object.entries(fillAll(need.labels, place));
      const known = labels.filter((entry): entry is [string, string] => entry[1] !== null);
      return known.length < labels.length
        ? []
        : [{ to: "pods", labels: Object.fromEntries(known), ports: numbers, why }];
    }
  }
}

function groupOf({ key }: Resource): string {
  return key.slice(0, key.indexOf("/"));
}
