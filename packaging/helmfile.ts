import { toYaml } from "../preview/manifests";
import { qualified } from "./paths";
import type { Unit, UpstreamChart } from "./unit";

/** Folder of the chart that is made of a unit. */
export const chartFolder = ({ name }: Pick<Unit, "name">): string => `helm-charts/${name}`;
/** Values of an operator's chart. */
export const valuesFile = ({ name }: Pick<UpstreamChart, "name">): string => `helm-values/${name}.yaml`;

interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version?: string;
  readonly values?: readonly string[];
}

/** The file of helmfile: a release for each unit and each operator's chart, with its needs. */
export function helmfile(units: readonly Unit[]): string {
  const repositories = new Map<string, string>();
  // Named after the first chart that comes from it.
  for (const { repository, chart } of units.flatMap(({ charts }) => charts))
    if (!repositories.has(repository)) repositories.set(repository, chart);
  const chains = new Map(units.map((unit) => [unit.name, chain(unit, repositories)]));
  const releases = units.flatMap(({ name, needs }) => {
    const before = needs.flatMap((each) => chains.get(each)?.at(-1) ?? []);
    // Releases of one unit come after each other.
    return (chains.get(name) ?? []).map((release, index, all) => {
      const previous = all[index - 1];
      const awaited = (previous === undefined ? before : [previous]).map(
        ({ namespace, name: of }) => `${namespace}/${of}`,
      );
      return { ...release, ...(awaited.length > 0 && { needs: awaited }) };
    });
  });
  return toYaml(
    {
      repositories: [...repositories].map(([url, name]) =>
        url.startsWith("oci://") ? { name, url: url.slice("oci://".length), oci: true } : { name, url },
      ),
      // The chart `cluster` makes the namespaces, with their labels.
      helmDefaults: { createNamespace: false, wait: true, timeout: 900 },
      releases,
    },
    ["`helmfile apply` installs all of it in the order of the needs. What comes before it: README.md."],
  );
}

/** Releases of a unit: its own objects, then the charts of its operator. */
function chain(unit: Unit, repositories: ReadonlyMap<string, string>): Release[] {
  const { name, namespace, objects, charts } = unit;
  const own = { name: qualified(name), namespace, chart: `./${chartFolder(unit)}` };
  return [
    ...(objects.length > 0 ? [own] : []),
    ...charts.map((each) => ({
      name: each.name,
      namespace: each.namespace,
      chart: `${repositories.get(each.repository) ?? ""}/${each.chart}`,
      version: each.version,
      values: [valuesFile(each)],
    })),
  ];
}
