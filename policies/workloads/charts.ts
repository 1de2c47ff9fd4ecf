import { Field } from "../core/field";
import { labelsOf } from "../core/labels";
import type { Resource } from "../core/resource";
import { resources, rollingSurge } from "./pods";
import type { ImpliedNeed, Workload } from "./types";

/** Pods of one kind in a chart, and where its values shape them. */
interface ChartPods {
  readonly role: string;
  /** Path of the block with `resources`, `affinity`, `nodeSelector`, `tolerations`; empty for the top of the values. */
  readonly at: string;
  /** Key of the number of replicas in that block. */
  readonly replicas: string;
  /** Key of additional pod labels in that block. */
  readonly labels: string;
  /** Labels that the chart always gives, besides name and instance. */
  readonly fixed: Readonly<Record<string, string>>;
  readonly listeners: Workload["listeners"];
  /** Key of the strategy by which they are replaced, where the values have one. */
  readonly strategy?: string;
  /** Pods that a roll adds without one. @default Kubernetes' own: a quarter of them, rounded up */
  readonly surge?: number;
  /** It can be switched off by this key in the block. */
  readonly enabled?: string;
  /** The API server calls this port of the container. */
  readonly webhook?: { readonly at: string; readonly port: number };
}

interface Chart {
  /** It works through the Kubernetes API. */
  readonly operator: boolean;
  /** The API group whose pods it connects to. */
  readonly operates?: string;
  readonly pods: readonly ChartPods[];
}

const TOP = { role: "", at: "", replicas: "replicaCount", labels: "podLabels", fixed: {} };

/** Charts by name; facts from their templates and values.yaml. A chart that is missing counts as one kind of pods. */
export const CHARTS: Readonly<Record<string, Chart>> = {
  "spark-operator": {
    operator: true,
    pods: [
      {
        role: "controller",
        at: "controller",
        replicas: "replicas",
        labels: "labels",
        fixed: { "app.kubernetes.io/component": "controller" },
        listeners: [{ name: "metrics", port: 8080 }],
      },
      {
        role: "webhook",
        at: "webhook",
        replicas: "replicas",
        labels: "labels",
        fixed: { "app.kubernetes.io/component": "webhook" },
        listeners: [
          { name: "metrics", port: 8080 },
          { name: "webhook", port: 9443 },
        ],
        enabled: "enable",
        webhook: { at: "webhook.port", port: 9443 },
      },
    ],
  },
  "cloudnative-pg": {
    operator: true,
    operates: "postgresql.cnpg.io",
    pods: [
      {
        ...TOP,
        strategy: "updateStrategy",
        listeners: [
          { name: "metrics", port: 8080 },
          { name: "webhook-server", port: 9443 },
        ],
        webhook: { at: "webhook.port", port: 9443 },
      },
    ],
  },
  "strimzi-kafka-operator": {
    operator: true,
    operates: "kafka.strimzi.io",
    pods: [
      {
        role: "",
        at: "",
        replicas: "replicas",
        labels: "labels",
        fixed: { "name": "strimzi-cluster-operator", "strimzi.io/kind": "cluster-operator" },
        strategy: "deploymentStrategy",
        listeners: [{ name: "http", port: 8080 }],
      },
    ],
  },
  "flink-kubernetes-operator": {
    operator: true,
    operates: "flink.apache.org",
    pods: [
      {
        role: "",
        at: "operatorPod",
        replicas: "replicas",
        labels: "labels",
        fixed: {},
        // Its values begin with Recreate.
        strategy: "strategy",
        surge: 0,
        listeners: [
          { name: "metrics", port: 9999 },
          { name: "health-port", port: 8085 },
        ],
      },
    ],
  },
  // Its template knows Recreate only.
  "plugin-barman-cloud": { operator: true, pods: [{ ...TOP, surge: 0, listeners: [{ name: "", port: 9090 }] }] },
};

const UNKNOWN_CHART: Chart = { operator: false, pods: [{ ...TOP, listeners: [] }] };

/** `oci://ghcr.io/x/charts/trino` and `./charts/trino-1.2.3.tgz` are the chart `trino`. */
export function chartName(chart: string): string {
  const last = chart.replace(/\/+$/, "").split("/").at(-1) ?? chart;
  return last.replace(/(-v?\d+\.\d+\.\d+[^/]*)?\.tgz$/, "");
}

/** Pods of a Helm release, as far as its values decide them. */
export function release(resource: Resource): Workload[] {
  const chart = chartName(resource.root.at("chart").text ?? "");
  const values = resource.root.at("values");
  const row = CHARTS[chart] ?? UNKNOWN_CHART;
  return row.pods
    .filter(({ at, enabled }) => enabled === undefined || !block(values, at).at(enabled).is(false))
    .map((pods) => workload(resource, chart, values, row, pods));
}

function workload(resource: Resource, chart: string, values: Field, row: Chart, pods: ChartPods): Workload {
  const own = block(values, pods.at);
  const name = values.at("nameOverride").text ?? chart;
  // The release's name is made up by the provider unless it is given.
  const instance = resource.root.at("name").absent ? undefined : resource.root.at("name").text;
  const fixed = { "app.kubernetes.io/name": name, ...pods.fixed };
  // Some charts keep it at the top, beside the block.
  const replicas = own.at(pods.replicas).or(values.at(pods.replicas)).number ?? 1;
  return {
    resource,
    role: pods.role,
    lifetime: "always",
    replicas,
    surge: surge(pods, values, replicas),
    namespace: resource.root.at("namespace").absent ? "default" : resource.root.at("namespace").text,
    // What a chart without a row calls its pods is not known, so any selector may mean them.
    labels:
      row === UNKNOWN_CHART
        ? undefined
        : {
            ...labelsOf(Field.made(fixed, "")),
            "app.kubernetes.io/instance": instance ?? null,
            ...labelsOf(own.at(pods.labels)),
          },
    labelsField: undefined,
    serviceAccount: undefined,
    // Where a chart that is not known yet keeps its sizes, nobody knows.
    containers: (chart === "" ? [] : [pods.role === "" ? chart : `${chart}-${pods.role}`]).map((name) => ({
      name,
      kind: "main",
      field: own,
      image: Field.made(undefined, "values.image"),
      ...resources(own.at("resources")),
      security: own.at("securityContext"),
    })),
    spec: undefined,
    security: own.at("podSecurityContext").or(values.at("podSecurityContext")),
    volumes: [],
    configMaps: [],
    affinity: own.at("affinity"),
    tolerations: own.at("tolerations"),
    nodeSelector: own.at("nodeSelector"),
    priorityClass: own.at("priorityClassName").text,
    listeners: pods.listeners,
    texts: [values],
    ...(row.operates === undefined ? {} : { operates: row.operates }),
    implied: impliedBy(values, row, pods),
  };
}

function surge({ strategy, surge: unsaid }: ChartPods, values: Field, replicas: number): number {
  const given = Field.made(undefined, "values.strategy").or(...(strategy === undefined ? [] : [values.at(strategy)]));
  return given.at("type").absent && unsaid !== undefined ? unsaid : rollingSurge(given, replicas);
}

function impliedBy(values: Field, row: Chart, pods: ChartPods): ImpliedNeed[] {
  const needs: ImpliedNeed[] = [];
  if (row.operator) needs.push({ to: "api-server", why: "an operator works through the Kubernetes API" });
  if (pods.webhook !== undefined) {
    const port = values.get(pods.webhook.at).number ?? pods.webhook.port;
    needs.push({ from: "api-server", port, why: "the API server calls its webhook there" });
  }
  return needs;
}

function block(values: Field, at: string): Field {
  return at === "" ? values : values.get(at);
}
