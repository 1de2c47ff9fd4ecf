import { Field } from "../core/field";
import { type Labels, labelsOf } from "../core/labels";
import type { Resource } from "../core/resource";
import type { Chart, ChartPods, Need, Place, Pods } from "../operators/types";

/** Pods of Helm charts: turns the charts of `operators/` into the same records as pods of operators. */

/** A chart without a record counts as one workload with unknown labels, which every selector selects. */
const UNKNOWN_CHART: Chart = { operator: false, pods: [{ ports: [] }] };

/** `oci://ghcr.io/x/charts/trino` and `./charts/trino-1.2.3.tgz` are the chart `trino`. */
export function chartName(chart: string): string {
  const last = chart.replace(/\/+$/, "").split("/").at(-1) ?? chart;
  return last.replace(/(-v?\d+\.\d+\.\d+[^/]*)?\.tgz$/, "");
}

/** Pods of a Helm release, as far as its values determine them. */
export function release(resource: Resource, charts: Readonly<Record<string, Chart>>): Pods[] {
  const name = chartName(resource.root.at("chart").text ?? "");
  const chart = Object.hasOwn(charts, name) ? charts[name] : undefined;
  return (chart ?? UNKNOWN_CHART).pods.map((pods) => podsOf(name, chart, pods));
}

function podsOf(name: string, chart: Chart | undefined, pods: ChartPods): Pods {
  const {
    role = "",
    at,
    sizedAt,
    replicas = "replicaCount",
    strategy,
    surge,
    enabled,
    enabledAt,
    webhook,
    operates = true,
    needs = [],
  } = pods;
  const sized = sizedAt === undefined ? {} : { at: `values.${sizedAt}` };
  const container = { name: role === "" ? name : `${name}-${role}`, image: [], ...sized };
  return {
    at: at === undefined ? "values" : `values.${at}`,
    ...(enabled === undefined ? {} : { enabled: `.${enabled}` }),
    ...(enabledAt === undefined ? {} : { enabled: `values.${enabledAt}` }),
    role,
    // Some charts have the key at the top of the values.
    replicas: [`.${replicas}`, `values.${replicas}`],
    surge:
      strategy === undefined
        ? (surge ?? { strategy: [] })
        : { strategy: `values.${strategy}`, ...(surge === undefined ? {} : { defaultSurge: surge }) },
    labels: (place) => (chart === undefined ? undefined : labels(place, name, pods)),
    annotationsAt: ["values.podAnnotations", "values.commonAnnotations"],
    judged: false,
    // The chart's name is unknown, so the keys of its requests are too.
    containers: name === "" ? [] : [container],
    written: [],
    volumes: [],
    serviceAccount: [],
    ...(sizedAt === undefined ? {} : { priorityClass: [`values.${sizedAt}.priorityClassName`, ".priorityClassName"] }),
    security: [".podSecurityContext", "values.podSecurityContext"],
    ports: pods.ports,
    texts: "values",
    ...(chart?.operates === undefined || !operates ? {} : { operates: chart.operates }),
    needs: [
      ...(chart?.operator === true ? [API_SERVER] : []),
      ...(webhook === undefined ? [] : [called(webhook)]),
      ...needs,
    ],
  };
}

const API_SERVER: Need = { to: "api-server", why: "an operator watches its resources through the Kubernetes API" };

function called({ at, port }: NonNullable<ChartPods["webhook"]>): Need {
  return { from: "api-server", port: { at: `values.${at}`, port }, why: "the API server calls its webhook there" };
}

function labels({ root, block }: Place, chart: string, pods: ChartPods): Labels {
  const name = root.at("values", "nameOverride").text ?? chart;
  // The provider generates the release's name if none is given.
  const instance = root.at("name").absent ? undefined : root.at("name").text;
  return {
    ...labelsOf(Field.made({ "app.kubernetes.io/name": name, ...pods.labels }, "")),
    "app.kubernetes.io/instance": instance ?? null,
    ...labelsOf(block.at(pods.labelsAt ?? "podLabels")),
  };
}
