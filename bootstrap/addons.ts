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
  /** Content of its file: the chart's values, or the objects. @default it has no file */
  readonly content?: readonly object[];
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
    what: { kind: "chart", chart: certManager.chart, namespace: "cert-manager", values: "cert-manager.values.yaml" },
    content: [{ crds: { enabled: true, keep: true } }],
    works: [rolledOut("cert-manager", "deployment/cert-manager-webhook")],
  };
  const classes = storageClassObjects(settings, inContainers);
  const names = classes.map(({ metadata }) => metadata.name);
  const storage: Addon[] = [
    {
      key: "openebs",
      title: `OpenEBS ${openebs.version}`,
      what: { kind: "chart", chart: openebs.chart, namespace: "openebs", values: "openebs.values.yaml" },
      content: [openebsValues(settings, inContainers)],
      works: [["-n", "openebs", "wait", "--for=condition=Available", "deployments", "--all"]],
    },
    {
      key: "storage-classes",
      title: names.length === 1 ? `storage class ${names.join()}` : `storage classes ${names.join(", ")}`,
      what: { kind: "objects", file: "storage-classes.yaml" },
      content: classes,
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
export const addonFiles = (settings: Settings, site: Site): ReadonlyMap<string, readonly object[]> =>
  new Map(
    addons(settings, site).flatMap(({ what, content }) => {
      const file = fileOf(what);
      return file === undefined || content === undefined ? [] : [[file, content] as const];
    }),
  );

/** The rendered file that an add-on is installed from, if it has one. */
export function fileOf(what: AddonSource): string | undefined {
  if (what.kind === "manifests") return undefined;
  return what.kind === "chart" ? what.values : what.file;
}
