import { release } from "../workloads/charts";
import { ceph } from "./ceph";
import { clickhouseOperator } from "./clickhouse";
import { cloudNativePg } from "./cloudnative-pg";
import { eck } from "./eck";
import { flinkOperator } from "./flink";
import { knative } from "./knative";
import { kubernetes } from "./kubernetes";
import { kueue } from "./kueue";
import { mariadbOperator } from "./mariadb";
import { podless } from "./podless";
import { prometheus } from "./prometheus";
import { sparkOperator } from "./spark";
import { strimzi } from "./strimzi";
import { zalando } from "./zalando";
import type { Chart, Kind, Operator } from "./types";

/** Every operator that the pack knows. A new one is a file in this folder and a line here. */
export const OPERATORS: readonly Operator[] = [
  kubernetes,
  cloudNativePg,
  zalando,
  sparkOperator,
  flinkOperator,
  strimzi,
  mariadbOperator,
  eck,
  kueue,
  knative,
  clickhouseOperator,
  ceph,
  prometheus,
  podless,
];

const NO_PODS: Kind = { pods: [] };

/** All kinds, by the key of their resources. `object-require-known-kind` refuses others. */
export const KINDS: Readonly<Record<string, Kind>> = {
  ...Object.fromEntries(
    OPERATORS.flatMap(({ kinds = {}, podless: groups = {} }) => [
      ...Object.entries(groups).flatMap(([group, names]) =>
        names.map((kind) => [`${group}/${kind}`, NO_PODS] as const),
      ),
      ...Object.entries(kinds),
    ]),
  ),
  "helm.sh/Release": { pods: (resource) => release(resource, CHARTS) },
};

/** All charts, by name. */
export const CHARTS: Readonly<Record<string, Chart>> = Object.fromEntries(
  OPERATORS.flatMap(({ charts = {} }) => Object.entries(charts)),
);

/** Keys of the kinds whose record has a property. */
export function keysOf(known: (kind: Kind) => boolean): readonly string[] {
  return Object.keys(KINDS).filter((key) => known(KINDS[key] ?? NO_PODS));
}

/** Keys of kinds that make no pods. */
export const PODLESS: ReadonlySet<string> = new Set(keysOf(({ pods }) => Array.isArray(pods) && pods.length === 0));

/** Keys of kinds whose deletion deletes data, in addition to kinds whose pods claim volumes. */
export const DATA_KINDS: ReadonlySet<string> = new Set(keysOf(({ holdsData }) => holdsData !== undefined));
