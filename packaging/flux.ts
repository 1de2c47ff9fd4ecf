import { toYaml } from "../preview/manifests";
import { folders, kustomization } from "./kustomize";
import { folderOf, qualified } from "./paths";
import type { Contents, Files, Unit, UpstreamChart } from "./unit";

const NAMESPACE = "flux-system";
/** The source that `flux bootstrap` makes. */
const SOURCE = { kind: "GitRepository", name: "flux-system" };

/**
 * A Kustomization for each unit, which depends on those of the units that it needs, and a HelmRelease for each operator's chart.
 * @param folder of the files in the repository; empty for its top
 */
export function flux(contents: Contents, folder: string): Files {
  const { units } = contents;
  const kustomizations = units.map((unit) => [`${unit.name}.yaml`, toYaml(unitKustomization(unit, folder))] as const);
  return new Map([
    [
      "flux/kustomization.yaml",
      kustomization(
        kustomizations.map(([name]) => name),
        "One Kustomization of Flux for each unit, in the order of their needs.",
      ),
    ],
    ...kustomizations.map(([name, text]) => [`flux/${name}`, text] as const),
    ...folders(contents, {
      objects: ({ charts }) =>
        new Map(
          charts.flatMap((each) => [
            [`helmrepository-${each.name}.yaml`, helmRepository(each)],
            [`helmrelease-${each.name}.yaml`, helmRelease(each, charts)],
          ]),
        ),
      // Kubernetes refuses to change a Job: a changed one is made anew.
      jobs: { "kustomize.toolkit.fluxcd.io/force": "enabled" },
    }),
  ]);
}

function unitKustomization(unit: Unit, folder: string): object {
  const { name, needs } = unit;
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: qualified(name), namespace: NAMESPACE },
    spec: {
      interval: "10m",
      retryInterval: "1m",
      timeout: "15m",
      path: `./${[folder, folderOf(unit)].filter((part) => part !== "").join("/")}`,
      // What is no longer rendered may hold data: a person deletes it.
      prune: false,
      // Those that depend on it start when its pods are ready.
      wait: true,
      sourceRef: SOURCE,
      ...(needs.length > 0 && { dependsOn: needs.map((each) => ({ name: qualified(each) })) }),
    },
  };
}

function helmRepository({ name, namespace, repository }: UpstreamChart): object {
  return {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "HelmRepository",
    metadata: { name, namespace },
    spec: { interval: "24h", url: repository, ...(repository.startsWith("oci://") && { type: "oci" }) },
  };
}

function helmRelease(
  { name, namespace, chart, version, values, after }: UpstreamChart,
  beside: readonly UpstreamChart[],
): object {
  const within = beside.filter((each) => after.includes(each.name));
  return {
    apiVersion: "helm.toolkit.fluxcd.io/v2",
    kind: "HelmRelease",
    metadata: { name, namespace },
    spec: {
      interval: "1h",
      releaseName: name,
      chart: { spec: { chart, version, sourceRef: { kind: "HelmRepository", name } } },
      ...(within.length > 0 && { dependsOn: within.map((each) => ({ name: each.name })) }),
      // Definitions grow with their operator; Helm alone would leave the first ones.
      install: { crds: "CreateReplace", remediation: { retries: 3 } },
      upgrade: { crds: "CreateReplace", remediation: { retries: 3 } },
      values,
    },
  };
}
