import type { Platform } from "../../core/platform";
import type { Labels } from "../../core/labels";
import type { PodGroup } from "../../core/pod-group";
import type { KafkaSettings } from "./settings";

/** Name of the Kafka resource, and prefix of the names of the objects that Strimzi creates for it. */
export const CLUSTER = "kafka";

export type NodeRole = "broker" | "controller" | "combined";

/** Roles of the node pools: brokers and controllers apart, or nodes that are both. */
export function nodeRoles(settings: Pick<KafkaSettings, "combined">): readonly NodeRole[] {
  return settings.combined ? ["combined"] : ["broker", "controller"];
}

/** All pods that run for the cluster: nodes, the operators of topics and users, the exporter of consumer lag. */
export function kafkaPods(platform: Platform, settings: KafkaSettings): PodGroup[] {
  const named = (role: string) => ({ service: CLUSTER, role, namespace: platform.namespace("streaming") });
  const disks = Array.from({ length: settings.disks }, (_, id) => platform.volume(volume(id), settings.diskSize));
  const metadata = [platform.volume(volume(0), settings.metadataSize)];
  const apart = (replicas: number) => (replicas > 1 ? "one-per-node" : "any");
  return [
    ...nodeRoles(settings).map((role) => {
      const size = role === "controller" ? settings.controller : settings.broker;
      const volumes = role === "controller" ? metadata : disks;
      return platform.podGroup({ ...named(role), volumes, spread: apart(size.replicas) }, size);
    }),
    platform.podGroup(named("entity-operator"), { ...settings.entityOperator, replicas: 1 }),
    platform.podGroup(named("exporter"), { ...settings.exporter, replicas: 1 }),
  ];
}

/** Strimzi's name of the claim of a JBOD volume. */
export const volume = (id: number): string => `data-${String(id)}`;

/** Strimzi labels its pods itself, and allows no changes of `app.kubernetes.io` labels. */
export function podLabels(role: string | undefined): Labels {
  const all = { "strimzi.io/cluster": CLUSTER };
  switch (role) {
    case "broker":
    case "controller":
      return { ...all, [`strimzi.io/${role}-role`]: "true" };
    case "combined":
    case "node":
      return { ...all, "strimzi.io/name": `${CLUSTER}-kafka` };
    case "exporter":
      return { ...all, "strimzi.io/name": `${CLUSTER}-kafka-exporter` };
    case undefined:
      return all;
    default:
      return { ...all, "strimzi.io/name": `${CLUSTER}-${role}` };
  }
}

export function strimziPods(platform: Platform, settings: KafkaSettings): [PodGroup] {
  const names = { service: "strimzi", role: "strimzi", namespace: platform.namespace("operators") };
  return [platform.podGroup(names, settings.operatorSize)];
}
