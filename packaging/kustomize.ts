import { toYaml } from "../preview/manifests";
import { fileName, folderOf } from "./paths";
import type { Contents, Files, Unit, UpstreamChart } from "./unit";

/** What a tool that reads the folders of units adds to them. */
export interface Additions {
  /** More objects of a unit, by file name. */
  readonly objects?: (unit: Unit) => ReadonlyMap<string, object>;
  /** Annotations of the unit's Jobs, which cannot be changed but only be made anew. */
  readonly jobs?: Readonly<Record<string, string>>;
}

/** A folder for each unit, one for all of them, and one for the operators' charts, which Helm installs. */
export function kustomize(contents: Contents): Files {
  const units = contents.units.filter(({ objects }) => objects.length > 0);
  const charts = contents.units.flatMap((unit) => unit.charts);
  const isOperator = (unit: Unit) => unit.charts.length > 0;
  const top = [...new Set(units.map((unit) => (isOperator(unit) ? "operators" : folderOf(unit))))];
  return new Map([
    [
      "kustomization.yaml",
      kustomization(top, "The whole stack without the operators' charts and the Secrets: README.md."),
    ],
    ...(charts.length === 0
      ? []
      : ([
          [
            "operators/kustomization.yaml",
            kustomization(
              units.filter(isOperator).map(({ name }) => name),
              "What belongs to the operators beside their charts.",
            ),
          ],
          ["operators/charts/kustomization.yaml", inflated(charts)],
          ...charts.map((chart) => [`operators/charts/${valuesFile(chart)}`, toYaml(chart.values)] as const),
        ] as const)),
    ...folders(contents),
  ]);
}

/** The folders of units, of nodes and of ExternalSecrets, each with its kustomization. */
export function folders({ units, nodes, externalSecrets }: Contents, additions: Additions = {}): Files {
  return new Map([
    ...units.flatMap((unit) => unitFolder(unit, additions)),
    ...nodes.map(({ path, content }) => [`nodes/${fileName(path)}`, toYaml(content)] as const),
    ...kustomizationOf(
      "nodes",
      nodes.map(({ path }) => fileName(path)),
      "Labels of nodes that exist, which no tool may own.",
    ),
    ...[...externalSecrets].map(([path, text]) => [`external-secrets/${path}`, text] as const),
    ...kustomizationOf(
      "external-secrets",
      [...externalSecrets.keys()],
      "Secrets from the ClusterSecretStore `lakehouse`.",
    ),
  ]);
}

function unitFolder(unit: Unit, { objects, jobs }: Additions): (readonly [path: string, text: string])[] {
  const folder = folderOf(unit);
  const more = objects?.(unit) ?? new Map<string, object>();
  const resources = [...unit.objects.map(({ path }) => path), ...more.keys()];
  if (resources.length === 0) return [];
  const hasJobs = unit.objects.some(({ content }) => content.kind === "Job");
  const patches = hasJobs && jobs !== undefined ? { patches: [annotating(jobs)] } : {};
  return [
    [`${folder}/kustomization.yaml`, kustomization(resources, `${unit.summary}.`, patches)],
    ...unit.objects.map(({ path, content }) => [`${folder}/${path}`, toYaml(content)] as const),
    ...[...more].map(([path, content]) => [`${folder}/${path}`, toYaml(content)] as const),
  ];
}

function annotating(annotations: Readonly<Record<string, string>>): object {
  // The name is of no account: the target chooses what is patched.
  const patch = { apiVersion: "batch/v1", kind: "Job", metadata: { name: "any", annotations } };
  return { target: { group: "batch", kind: "Job" }, patch: toYaml(patch) };
}

const kustomizationOf = (folder: string, resources: readonly string[], comment: string) =>
  resources.length === 0 ? [] : [[`${folder}/kustomization.yaml`, kustomization(resources, comment)] as const];

export function kustomization(resources: readonly string[], comment: string, more: object = {}): string {
  const head = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization" };
  // Namespaces come first, so that one `kubectl apply` of the whole output works.
  return toYaml({ ...head, sortOptions: { order: "legacy" }, resources, ...more }, [comment]);
}

export const valuesFile = ({ name }: Pick<UpstreamChart, "name">): string => `${name}.values.yaml`;

/** Charts for `kustomize build --enable-helm`, which renders them by Helm. */
function inflated(charts: readonly UpstreamChart[]): string {
  return toYaml(
    {
      apiVersion: "kustomize.config.k8s.io/v1beta1",
      kind: "Kustomization",
      helmCharts: charts.map((each) => ({
        name: each.chart,
        repo: each.repository,
        version: each.version,
        releaseName: each.name,
        namespace: each.namespace,
        includeCRDs: true,
        valuesFile: valuesFile(each),
      })),
    },
    [
      "Charts of the operators, for `kustomize build --enable-helm`, which needs Helm. README.md has the same by Helm alone.",
    ],
  );
}
