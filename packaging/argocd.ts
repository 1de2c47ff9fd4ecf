import { toYaml } from "../preview/manifests";
import { folders, kustomization } from "./kustomize";
import { folderOf, qualified } from "./paths";
import type { Contents, Files, Unit, UpstreamChart } from "./unit";

/** Where the files are once they are pushed. */
export interface Place {
  /** URL of the git repository. */
  readonly repository: string;
  /** Folder of the files in it; empty for its top. */
  readonly folder: string;
}

const NAMESPACE = "argocd";
const LABELS = { "app.kubernetes.io/part-of": "lakehouse" };

/** An Application for each unit and each operator's chart, in waves that follow from the needs, and one Application of all of them. */
export function argocd(contents: Contents, { repository, folder }: Place): Files {
  const { units } = contents;
  const within = (path: string) => (folder === "" ? path : `${folder}/${path}`);
  const source = (path: string) => ({ repoURL: repository, targetRevision: "HEAD", path: within(path) });
  const applications = waves(units).flatMap(({ unit, wave }) => [
    ...(unit.objects.length === 0
      ? []
      : [application(qualified(unit.name), unit.namespace, wave, { source: source(folderOf(unit)) })]),
    // A chart comes after what its operator may reach.
    ...unit.charts.map((each, index) =>
      application(qualified(`${each.name}-chart`), each.namespace, wave + 1 + index, { source: chartSource(each) }),
    ),
  ]);
  const files = applications.map((each) => [`${each.metadata.name}.yaml`, toYaml(each)] as const);
  const root = application("lakehouse", NAMESPACE, undefined, { source: source("applications") });
  return new Map([
    [
      "root.yaml",
      toYaml(root, ["kubectl apply -f root.yaml: all that Argo CD needs. It reads the rest from the repository."]),
    ],
    [
      "applications/kustomization.yaml",
      kustomization(
        files.map(([name]) => name),
        "One Application for each unit, in waves.",
      ),
    ],
    ...files.map(([name, text]) => [`applications/${name}`, text] as const),
    // Kubernetes refuses to change a Job: a changed one is made anew.
    ...folders(contents, { jobs: { "argocd.argoproj.io/sync-options": "Force=true,Replace=true" } }),
  ]);
}

/** Sync waves: 0 needs nothing, and each unit comes after all that it needs, with their charts. */
export function waves(units: readonly Unit[]): { readonly unit: Unit; readonly wave: number }[] {
  const next = new Map<string, number>();
  return units.map((unit) => {
    const wave = Math.max(0, ...unit.needs.map((name) => next.get(name) ?? 0));
    next.set(unit.name, wave + 1 + unit.charts.length);
    return { unit, wave };
  });
}

function application(name: string, namespace: string, wave: number | undefined, source: object) {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name,
      namespace: NAMESPACE,
      labels: LABELS,
      annotations: {
        // The API server's own defaults are no difference.
        "argocd.argoproj.io/compare-options": "ServerSideDiff=true",
        ...(wave !== undefined && { "argocd.argoproj.io/sync-wave": String(wave) }),
      },
    },
    spec: {
      project: "default",
      ...source,
      destination: { server: "https://kubernetes.default.svc", namespace },
      syncPolicy: {
        // What is no longer rendered may hold data: a person deletes it.
        automated: { prune: false, selfHeal: true },
        // Otherwise each sync would make every Job anew, changed or not.
        syncOptions: ["ServerSideApply=true", "ApplyOutOfSyncOnly=true"],
        retry: { limit: 10, backoff: { duration: "30s", factor: 2, maxDuration: "5m" } },
      },
    },
  };
}

const chartSource = ({ name, repository, chart, version, values }: UpstreamChart) => ({
  // Argo CD names a registry of images without its scheme.
  repoURL: repository.replace(/^oci:\/\//, ""),
  chart,
  targetRevision: version,
  helm: { releaseName: name, valuesObject: values },
});
