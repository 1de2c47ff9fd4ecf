import { archiveName } from "../components/core/chart-mirror";
import { isChart } from "../components/core/pins";
import { type AnySystem, systemName } from "../components/core/system";
import { order } from "../components/core/system-order";
import { systemsOn } from "../components/facts";
import { allPins } from "../components/pins";
import type { Settings } from "../components/settings";
import { byName } from "../planner/order";
import { type Manifest, manifests, toYaml } from "../preview/manifests";
import type { Recorded } from "../preview/recorder";
import { externalSecrets, EXTERNAL_SECRETS_FOLDER, isSecret, unappliable } from "../preview/secrets";
import { withNeeds } from "./needs";
import { isRelease, places } from "./places";
import { CLUSTER, type Contents, type KubernetesObject, OBSERVABILITY, type RenderedObject } from "./unit";
import type { SecretNote, UpstreamChart } from "./unit";

/** What a stack renders, by unit and in the order of needs. An object is of the unit whose component made it. */
export function contents(stack: string, resources: readonly Recorded[], settings: Settings): Contents {
  const rendered = manifests(resources).map(unappliable);
  const byUrn = new Map(resources.map((each) => [each.urn, each]));
  const resourceOf = ({ urn }: Manifest): Recorded => {
    const found = byUrn.get(urn);
    if (found === undefined) throw new Error(`no resource ${urn}`);
    return found;
  };
  /** Resources that one waits for. */
  const before = (each: Manifest): Recorded[] =>
    resourceOf(each)
      .request.getDependenciesList()
      .flatMap((urn) => byUrn.get(urn) ?? []);
  const placeOf = places(resources, settings);

  const objects = rendered.filter(({ path }) => path.startsWith("manifests/"));
  const secrets = objects.filter(isSecret);
  const nodes = objects.filter(({ content }) => content.kind === "Node");
  const apart = new Set([...secrets, ...nodes]);
  const releases = rendered.filter(({ path }) => path.startsWith("releases/"));
  const placed = new Map<string, { readonly system: AnySystem | undefined; readonly made: Manifest[] }>();
  for (const each of [...objects, ...releases]) {
    const { unit, system } = placeOf(resourceOf(each));
    const of = placed.get(unit) ?? { system, made: [] };
    placed.set(unit, of);
    of.made.push(each);
  }
  const isChartOf = new Set(releases);
  const all = [...placed].map(([name, { system, made }]) => {
    const own = made.filter((each) => !isChartOf.has(each) && !apart.has(each));
    const charts = made.filter((each) => isChartOf.has(each)).map((each) => upstream(each, before(each)));
    return {
      name,
      system,
      summary: summaryOf(name, system, charts.length > 0),
      objects: own.map(object),
      charts: charts.toSorted(
        (one, other) => Number(one.after.includes(other.name)) - Number(other.after.includes(one.name)),
      ),
      awaits: new Set(
        own
          .flatMap(before)
          .filter(isRelease)
          .map((each) => each.name),
      ),
    };
  });
  // Of a unit that makes Secrets alone nothing is left.
  const drafts = all.filter((each) => each.objects.length + each.charts.length > 0);
  return {
    stack,
    units: withNeeds(drafts, order(systemsOn(settings))),
    nodes: nodes.map(object).map(labelsAlone),
    secrets: secrets.map((each) => secretNote(each, before(each))),
    externalSecrets: new Map(
      [...externalSecrets(stack, rendered)].map(([path, content]) => [
        path.slice(EXTERNAL_SECRETS_FOLDER.length + 1),
        toYaml(content),
      ]),
    ),
    elsewhere: elsewhere(rendered.filter(({ path }) => path.startsWith("resources/"))),
  };
}

function summaryOf(name: string, system: AnySystem | undefined, hasCharts: boolean): string {
  if (name === CLUSTER) return "Namespaces that deny all traffic but DNS, priority classes, quotas";
  if (name === OBSERVABILITY) return "What Prometheus scrapes, alerts, and dashboards for Grafana";
  if (system === undefined) return name;
  return hasCharts ? `Operator of ${systemName(system)}` : system.summary.replace(/\.$/, "");
}

/** A plain copy: the texts of manifests are made of it. */
const object = ({ path, content }: Manifest): RenderedObject => ({
  path: path.slice("manifests/".length),
  content: JSON.parse(JSON.stringify(content)) as KubernetesObject,
});

/** A Node without the annotations that are for Pulumi. */
function labelsAlone({ path, content }: RenderedObject): RenderedObject {
  const { apiVersion, kind, metadata } = content;
  return { path, content: { apiVersion, kind, metadata: { name: metadata.name, labels: metadata.labels } } };
}

/** Charts of the local mirror, by the path of their archive. */
const mirrored = new Map(allPins.filter(isChart).map(({ chart }) => [`./charts/${archiveName(chart)}`, chart]));

function upstream({ content }: Manifest, before: readonly Recorded[]): UpstreamChart {
  const { name, namespace, chart, version, repositoryOpts, values } = content as unknown as {
    readonly name: string;
    readonly namespace: string;
    readonly chart: string;
    readonly version: string;
    readonly repositoryOpts?: { readonly repo: string };
    readonly values: Record<string, unknown>;
  };
  const pin = mirrored.get(chart);
  const last = chart.lastIndexOf("/");
  return {
    name,
    namespace,
    chart: pin?.chart ?? chart.slice(last + 1),
    version,
    // In a registry of images the repository is part of the chart's own address.
    repository: pin?.repository ?? repositoryOpts?.repo ?? chart.slice(0, last),
    values,
    after: before.filter(isRelease).map((each) => each.name),
  };
}

function secretNote({ content }: Manifest, before: readonly Recorded[]): SecretNote {
  const {
    metadata,
    type = "Opaque",
    data = {},
  } = content as unknown as {
    readonly metadata: { readonly name: string; readonly namespace: string };
    readonly type?: string;
    readonly data?: object;
  };
  const sources = before.filter((each) => each.custom && !each.type.startsWith("kubernetes:"));
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    type,
    keys: Object.keys(data).sort(),
    sources: [...new Set(sources.map(({ type: made, name }) => `${kindOf(made)} ${name}`))].sort(),
  };
}

/** `minio:index/iamUser:IamUser` → `minio IamUser` */
function kindOf(type: string): string {
  const [provider = "", , kind = ""] = type.split(":");
  return `${provider} ${kind}`;
}

/** Names of the resources of other providers, by kind. Random passwords are Secrets in the end, which are named by themselves. */
function elsewhere(others: readonly Manifest[]): Map<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { content } of others) {
    const { type, name } = content as unknown as { readonly type: string; readonly name: string };
    if (!type.startsWith("random:")) found.set(kindOf(type), [...(found.get(kindOf(type)) ?? []), name]);
  }
  return new Map([...found].toSorted(([one], [other]) => byName(one, other)));
}
