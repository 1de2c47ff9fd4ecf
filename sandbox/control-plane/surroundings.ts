import { formatBytes } from "../../components/core/quantity";
import type { PodGroup } from "../../components/core/pod-group";
import type { KubernetesObject } from "./api";
import type { Stack } from "./stack";
import { STAND_IN } from "./stand-ins";

const standIn = { labels: { [STAND_IN]: "true" } };

/**
 * Objects that an existing cluster would have: namespaces that the stack does not create, its storage class, and volumes for the
 * claims of its StatefulSets. All are labelled as stand-ins.
 */
export function surroundings({ objects, groups }: Pick<Stack, "objects" | "groups">): KubernetesObject[] {
  const own = new Set(objects.filter(({ kind }) => kind === "Namespace").map(({ metadata }) => metadata.name));
  const used = [...objects.map(({ metadata }) => metadata.namespace), ...groups.map(({ namespace }) => namespace)];
  const missing = new Set(used.filter((name): name is string => name !== undefined && !own.has(name)));
  const namespaces = [...missing]
    .sort()
    .map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name, ...standIn } }));
  const claims = groups.flatMap((group) => group.volumes);
  const classes = [...new Set(claims.map(({ storageClass }) => storageClass))].map((name) => ({
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: {
      name: name ?? DEFAULT_CLASS,
      ...standIn,
      ...(name === undefined ? { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } } : {}),
    },
    provisioner: "kubernetes.io/no-provisioner",
    reclaimPolicy: "Retain",
    volumeBindingMode: "Immediate",
  }));
  return [...namespaces, ...classes, ...groups.flatMap(volumes)];
}

const DEFAULT_CLASS = "standard";

/** One volume of the right size for each claim of each pod of a group; on no particular node. */
function volumes(group: PodGroup): KubernetesObject[] {
  return Array.from({ length: group.replicas }, (_, pod) =>
    group.volumes.map(({ name, size, storageClass = DEFAULT_CLASS }) => ({
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: `${group.service}-${group.role}-${String(pod)}-${name}`, ...standIn },
      spec: {
        capacity: { storage: formatBytes(size) },
        accessModes: ["ReadWriteOnce"],
        persistentVolumeReclaimPolicy: "Delete",
        storageClassName: storageClass,
        hostPath: { path: "/var/lib/stand-in" },
      },
    })),
  ).flat();
}
