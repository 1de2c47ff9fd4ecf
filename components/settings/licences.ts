import { type IncompleteImage, MISSING_JARS } from "../core/jars";
import { chartLicences, imageLicences, jarLicences, type Licence, sameLicence } from "../core/licences";
import { type ChartPin, charts } from "../core/versions";
import type { Mistake } from "./errors";
import type { Settings } from "./schema";

/** Something pinned that a service runs, and the setting without which it would not. */
interface Use {
  readonly kind: "chart" | "image" | "library";
  readonly service: string;
  readonly pin: string;
  readonly licence: Licence;
  /** Path of the setting that brings it in. */
  readonly setting: string;
  /** What that setting may be instead. */
  readonly instead: string;
}

type LicensedSettings = Pick<Settings, "storage" | "catalog" | "compute" | "query" | "streaming">;

/** What a stack runs of what is pinned. Own images are not judged: whoever made them knows what is in them. */
export function* uses(settings: LicensedSettings): Generator<Use> {
  yield* storageUses(settings);
  yield* metastoreUses(settings);
  const { spark } = settings.compute;
  if (spark.enabled) {
    const on = { service: "spark", setting: "lakehouse:compute.spark.enabled", instead: "false" };
    yield chart("sparkOperator", on);
    yield image("sparkOperator", on);
    const own = { ...on, setting: "lakehouse:compute.spark.image", instead: "an own image" };
    if (spark.image === undefined) yield image("spark", own);
    if (spark.jars === "fetch") yield* fetched("spark", "compute.spark", "spark");
  }
  const { trino } = settings.query;
  const own = { service: "trino", setting: "lakehouse:query.trino.image", instead: "an own image" };
  if (trino.enabled && trino.image === undefined) yield image("trino", own);
  yield* streamingUses(settings);
}

function* streamingUses({ streaming: { kafka, connect, flink } }: LicensedSettings): Generator<Use> {
  if (kafka.enabled) {
    const on = { service: "kafka", setting: "lakehouse:streaming.kafka.enabled", instead: "false" };
    yield image("kafka", on);
    const operator = { ...on, setting: "lakehouse:streaming.kafka.operator", instead: "existing" };
    if (kafka.operator === "deployed") {
      yield chart("strimzi", operator);
      yield image("strimzi", operator);
    }
  }
  const own = { service: "connect", setting: "lakehouse:streaming.connect.image", instead: "an own image" };
  if (connect.enabled && connect.image === undefined) yield image("debezium", own);
  if (flink.enabled) yield* flinkUses(flink);
}

function* flinkUses(flink: Settings["streaming"]["flink"]): Generator<Use> {
  const on = { service: "flink", setting: "lakehouse:streaming.flink.enabled", instead: "false" };
  const operator = { ...on, setting: "lakehouse:streaming.flink.operator", instead: "existing" };
  if (flink.operator === "deployed") {
    yield chart("flinkOperator", operator);
    yield image("flinkOperator", operator);
  }
  const own = { ...on, setting: "lakehouse:streaming.flink.image", instead: "an own image" };
  if (flink.image === undefined) yield image("flink", own);
  if (flink.jars === "fetch") yield* fetched("flink", "streaming.flink", "flink");
}

function* storageUses({ storage }: LicensedSettings): Generator<Use> {
  const { objects, postgres, buckets } = storage;
  const kind = { service: objects.kind, setting: "lakehouse:storage.objects.kind", instead: "another kind" };
  if (objects.kind === "minio") yield image("minio", { ...kind, instead: "ceph or s3" });
  if (objects.kind === "ceph" && Object.values(buckets).some(({ versioning }) => versioning))
    yield image("minioClient", { ...kind, instead: "s3, or no bucket with versioning" });
  const server = {
    service: "postgres",
    setting: "lakehouse:storage.postgres",
    instead: "no other, every stack has one",
  };
  yield image("postgres", server);
  const operator = { ...server, setting: "lakehouse:storage.postgres.operator", instead: "existing" };
  if (postgres.operator === "deployed") {
    yield chart("cloudNativePg", operator);
    yield image("cloudNativePg", operator);
  }
  const plugin = { ...server, setting: "lakehouse:storage.postgres.backup.plugin", instead: "existing or off" };
  if (postgres.backup.plugin === "deployed") {
    yield chart("barmanPlugin", plugin);
    yield image("barmanPlugin", plugin);
    yield image("barmanSidecar", plugin);
  }
}

function* metastoreUses({ catalog: { hiveMetastore } }: LicensedSettings): Generator<Use> {
  if (!hiveMetastore.enabled) return;
  const on = { service: "hive-metastore", setting: "lakehouse:catalog.hiveMetastore.enabled", instead: "false" };
  // Its backup dumps with one client and uploads with the other.
  yield image("postgres", on);
  yield image("minioClient", on);
  const own = { ...on, setting: "lakehouse:catalog.hiveMetastore.image", instead: "an own image" };
  if (hiveMetastore.image === undefined) yield image("hiveMetastore", own);
  if (hiveMetastore.jars === "fetch") yield* fetched("hive-metastore", "catalog.hiveMetastore", "hiveMetastore");
}

/** Charts that a stack installs. */
export const chartPins = (settings: LicensedSettings): ChartPin[] =>
  [...uses(settings)].flatMap(({ kind, pin }) => (kind === "chart" ? [charts[pin as keyof typeof charts]] : []));

type Source = Pick<Use, "service" | "setting" | "instead">;

const image = (pin: keyof typeof imageLicences, source: Source): Use => ({
  ...source,
  kind: "image",
  pin,
  licence: imageLicences[pin],
});
const chart = (pin: keyof typeof chartLicences, source: Source): Use => ({
  ...source,
  kind: "chart",
  pin,
  licence: chartLicences[pin],
});

/** Libraries that are fetched at start, and the server that has them. */
function fetched(service: string, path: string, incomplete: IncompleteImage): Use[] {
  const source = { service, setting: `lakehouse:${path}.jars`, instead: "image" };
  const libraries = MISSING_JARS[incomplete].map((pin) => ({
    ...source,
    kind: "library" as const,
    pin,
    licence: jarLicences[pin],
  }));
  return [...libraries, image("nginx", source)];
}

/** A service, the licence that it has and must not have, and the setting that brings it in. */
export function* forbiddenLicences({ licences: { forbid }, ...settings }: Settings): Generator<Mistake> {
  for (const { service, pin, licence, setting, instead } of uses(settings)) {
    const index = forbid.findIndex((forbidden) => sameLicence(forbidden, licence));
    if (index >= 0)
      yield {
        path: setting,
        message: `${service} uses ${pin}, whose licence ${licence} is forbidden by lakehouse:licences.forbid[${String(index)}] (${forbid[index] ?? ""}); allowed: ${instead}, or a list without that licence`,
      };
  }
}
