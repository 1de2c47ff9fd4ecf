import type { Field } from "../core/field";
import { parseQuantity, quantity } from "../core/quantity";
import type { Amounts, Claim, Container, Listener } from "./types";

/** Default of `maxSurge` in Kubernetes. */
const DEFAULT_SURGE = "25%";

/**
 * Pods that a rolling update of a Deployment adds at a time.
 * @param defaultSurge number of pods if the strategy has no type
 */
export function rollingSurge(strategy: Field, replicas: number, defaultSurge?: number): number {
  const type = strategy.at("type");
  if (strategy.is("Recreate") || type.is("Recreate")) return 0;
  if (type.absent && defaultSurge !== undefined) return defaultSurge;
  const field = strategy.at("rollingUpdate", "maxSurge");
  const given = field.number ?? field.text ?? DEFAULT_SURGE;
  const share = typeof given === "string" ? /^(\d+)%$/.exec(given)?.[1] : undefined;
  return share === undefined ? Number(given) || 0 : Math.ceil((replicas * Number(share)) / 100);
}

/** Init containers and containers of a pod's specification. */
export function containerFields(pod: Field): Field[] {
  return [...pod.at("initContainers").items, ...pod.at("containers").items];
}

/** A container of a pod specification, from `initContainers` or `containers`. */
export function written(field: Field): Container {
  const init = /initContainers\[\d+\]$/.test(field.path);
  return container(field, !init ? "main" : field.at("restartPolicy").is("Always") ? "sidecar" : "init");
}

export function container(field: Field, kind: Container["kind"]): Container {
  return {
    name: field.at("name").text ?? "?",
    kind,
    field,
    image: field.at("image"),
    ...resources(field.at("resources")),
    security: field.at("securityContext"),
  };
}

/** Requests and limits of a `resources` block, without Kubernetes' defaults. */
export function resources(block: Field): { requests: Amounts; limits: Amounts } {
  const amounts = (of: "requests" | "limits"): Amounts => ({
    cpu: quantity(block.at(of, "cpu")),
    memory: quantity(block.at(of, "memory")),
  });
  return { requests: amounts("requests"), limits: amounts("limits") };
}

/** The `containerPort`s of a container. */
export function listenersOf({ field }: Container): Listener[] {
  return field.at("ports").items.flatMap((port) => {
    const number = port.at("containerPort").number;
    return number === undefined ? [] : [{ name: port.at("name").text ?? "", port: number }];
  });
}

/** Names of the PersistentVolumeClaims that volumes mount. */
export function mountsOf(volumes: readonly Field[]): string[] {
  return volumes.flatMap((one) => one.get("persistentVolumeClaim.claimName").text ?? []);
}

/** ConfigMaps that are mounted, or read into the environment. */
export function configMapsOf(volumes: readonly Field[], containers: readonly Container[]): string[] {
  const names = [
    ...volumes.map((volume) => volume.get("configMap.name")),
    ...volumes.flatMap((volume) => volume.get("projected.sources").items.map((source) => source.get("configMap.name"))),
    ...containers.flatMap(({ field }) => [
      ...field.at("envFrom").items.map((source) => source.get("configMapRef.name")),
      ...field.at("env").items.map((variable) => variable.get("valueFrom.configMapKeyRef.name")),
    ]),
  ];
  return [...new Set(names.flatMap(({ text }) => text ?? []))];
}

/** Reads the specification of a PersistentVolumeClaim. */
export function claim(spec: Field): Claim {
  const field = spec.get("resources.requests.storage");
  return { field, size: parseQuantity(field.value), storageClass: spec.at("storageClassName").text };
}
