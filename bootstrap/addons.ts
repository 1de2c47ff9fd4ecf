import type { Settings } from "../components/settings/schema";
import type { Chart } from "../components/core/pins";
import { bootstrapPins, CANAL, GATEWAY_API, type Manifests } from "./pins";
import { openebsValues, storageClassObjects } from "./storage";

/** Part of a cluster that is there before the stack, in the order of installation. */
export interface Addon {
  /** Key of its record in the cluster. */
  readonly key: string;
  readonly title: string;
  readonly what: AddonSource;
  /** Arguments of kubectl that end well once it works, and quickly if it does not. */
  readonly works: readonly (readonly string[])[];
}

export type AddonSource =
  | { readonly kind: "manifests"; readonly manifests: Manifests }
  | { readonly kind: "chart"; readonly chart: Chart; readonly namespace: string; readonly values: string }
  | { readonly kind: "objects"; readonly file: string };

/** What of a cluster's surroundings decides about them. */
export interface Site {
  /** Nodes are containers of this machine. */
  readonly inContainers: boolean;
}

export const VALUES = { certManager: "cert-manager.values.yaml", openebs: "openebs.values.yaml" } as const;
export const STORAGE_CLASSES = "storage-classes.yaml";

const rolledOut = (namespace: string, workload: string) => ["-n", namespace, "rollout", "status", workload];

/** The network first: no other pod starts without it. */
export function addons(settings: Settings, { inContainers }: Site): Addon[] {
  const { certManager, openebs } = bootstrapPins;
  const canal: Addon = {
    key: "canal",
    title: `Canal ${CANAL.tag}`,
    what: { kind: "manifests", manifests: CANAL },
    works: [
      rolledOut("kube-system", "daemonset/canal"),
      ["wait", "--for=condition=Ready", "nodes", "--all"],
      rolledOut("kube-system", "deployment/coredns"),
    ],
  };
  const gateway: Addon = {
    key: "gateway-api",
    title: `Gateway API ${GATEWAY_API.tag}`,
    what: { kind: "manifests", manifests: GATEWAY_API },
    works: [["wait", "--for=condition=Established", "crd/gateways.gateway.networking.k8s.io"]],
  };
  const certificates: Addon = {
    key: "cert-manager",
    title: `cert-manager ${certManager.version}`,
    what: { kind: "chart", chart: certManager.chart, namespace: "cert-manager", values: VALUES.certManager },
    works: [rolledOut("cert-manager", "deployment/cert-manager-webhook")],
  };
  const names = storageClassObjects(settings, inContainers).map(({ metadata }) => metadata.name);
  const storage: Addon[] = [
    {
      key: "openebs",
      title: `OpenEBS ${openebs.version}`,
      what: { kind: "chart", chart: openebs.chart, namespace: "openebs", values: VALUES.openebs },
      works: [["-n", "openebs", "wait", "--for=condition=Available", "deployments", "--all"]],
    },
    {
      key: "storage-classes",
      title: names.length === 1 ? `storage class ${names.join()}` : `storage classes ${names.join(", ")}`,
      what: { kind: "objects", file: STORAGE_CLASSES },
      works: [["get", ...names.map((name) => `storageclass/${name}`)]],
    },
  ];
  return [
    canal,
    gateway,
    ...(settings.cluster.certManager ? [certificates] : []),
    ...(names.length === 0 ? [] : storage),
  ];
}

/** Files that the add-ons are installed from, as data by their names. */
export function addonFiles(settings: Settings, site: Site): ReadonlyMap<string, readonly object[]> {
  const files = new Map<string, readonly object[]>();
  for (const { key } of addons(settings, site)) {
    if (key === "cert-manager") files.set(VALUES.certManager, [{ crds: { enabled: true, keep: true } }]);
    if (key === "openebs") files.set(VALUES.openebs, [openebsValues(settings, site.inContainers)]);
    if (key === "storage-classes") files.set(STORAGE_CLASSES, storageClassObjects(settings, site.inContainers));
  }
  return files;
}
