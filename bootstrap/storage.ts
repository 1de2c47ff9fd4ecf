import type { Settings } from "../components/settings/schema";
import { storageClasses } from "./description";

/** Volume group that OpenEBS' LVM makes volumes in, on each machine. */
export const VOLUME_GROUP = "lakehouse";

/** Engine of OpenEBS behind a storage class. */
export type Engine = "hostpath" | "lvm";

/**
 * The engine of a class that the settings name; undefined where it is not OpenEBS'. In a cluster of containers every class is a folder of
 * the node, so that a stack for other storage can be tried there.
 */
export function engineOf(name: string, inContainers: boolean): Engine | undefined {
  if (inContainers) return "hostpath";
  if (name.startsWith("openebs-lvm")) return "lvm";
  return name.startsWith("openebs-hostpath") ? "hostpath" : undefined;
}

/** Classes that OpenEBS does not have, and that must be there before `pulumi up`. */
export const foreignClasses = (settings: Settings, inContainers: boolean): string[] =>
  storageClasses(settings).filter((name) => engineOf(name, inContainers) === undefined);

const HOSTPATH = `- name: StorageType
  value: hostpath
- name: BasePath
  value: /var/openebs/local
`;

interface StorageClass {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

/** Storage classes by the names in the settings: the chart's own are off, so that they are said once. */
export function storageClassObjects(settings: Settings, inContainers: boolean): StorageClass[] {
  return storageClasses(settings).flatMap((name): StorageClass[] => {
    const engine = engineOf(name, inContainers);
    if (engine === undefined) return [];
    const base = {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      reclaimPolicy: "Delete",
      volumeBindingMode: "WaitForFirstConsumer",
    };
    return engine === "hostpath"
      ? [
          {
            ...base,
            metadata: { name, annotations: { "openebs.io/cas-type": "local", "cas.openebs.io/config": HOSTPATH } },
            provisioner: "openebs.io/local",
          },
        ]
      : [
          {
            ...base,
            metadata: { name },
            provisioner: "local.csi.openebs.io",
            allowVolumeExpansion: true,
            parameters: { storage: "lvm", volgroup: VOLUME_GROUP },
          },
        ];
  });
}

/** Values of OpenEBS' chart: local volumes alone, and none of the logging that it brings. */
export function openebsValues(settings: Settings, inContainers: boolean): object {
  const engines = storageClasses(settings).map((name) => engineOf(name, inContainers));
  return {
    "engines": {
      local: { lvm: { enabled: engines.includes("lvm") }, zfs: { enabled: false } },
      replicated: { mayastor: { enabled: false } },
    },
    // Its pod makes the volumes of a node, whatever taints the pool has.
    "lvm-localpv": { lvmNode: { tolerations: [{ operator: "Exists" }] } },
    "localpv-provisioner": { hostpathClass: { enabled: false }, analytics: { enabled: false } },
    "openebs-crds": { csi: { volumeSnapshots: { enabled: engines.includes("lvm") } } },
    "loki": { enabled: false },
    "alloy": { enabled: false },
    "obs": { callhome: { enabled: false } },
  };
}
