import { hiveMetastorePods, metastoreTaskPods } from "./catalog/hive-metastore.pods";
import type { Platform } from "./cluster";
import { sparkPods } from "./compute/spark";
import { sparkOperatorPods } from "./compute/spark-operator";
import type { PodGroup } from "./core/pod-group";
import { airflowPods } from "./orchestration/airflow";
import { trinoPods } from "./query/trino";
import type { Settings } from "./settings";
import { buckets } from "./storage/buckets";
import { cephPods } from "./storage/ceph";
import { libraryPods } from "./storage/libraries";
import { libraryPins } from "./storage/libraries.config";
import { minioPods } from "./storage/minio";
import { postgresPods } from "./storage/postgres";
import { barmanPluginPods, cloudNativePgPods } from "./storage/postgres-operator";
import { connectPods } from "./streaming/connect";
import { flinkPods } from "./streaming/flink";
import { flinkOperatorPods } from "./streaming/flink-operator";
import { kafkaPods } from "./streaming/kafka.pods";
import { strimziPods } from "./streaming/strimzi";

/**
 * All pods of a stack, from its settings alone: quotas and namespaces are there before the first of them. A test holds it
 * to what the services say once they are there.
 */
export function stackPods(platform: Platform, settings: Settings): PodGroup[] {
  const { storage, catalog, compute, query, streaming, orchestration } = settings;
  const { kafka, connect, flink } = streaming;
  const when = (on: boolean, groups: () => PodGroup[]) => (on ? groups() : []);
  return [
    ...objectStorePods(platform, storage),
    ...cloudNativePgPods(platform, storage.postgres),
    ...barmanPluginPods(platform, storage.postgres),
    ...postgresPods(platform, storage.postgres),
    ...when(libraryPins(settings).length > 0, () => libraryPods(platform, storage.libraries)),
    ...when(catalog.hiveMetastore.enabled, () => [
      ...hiveMetastorePods(platform, catalog.hiveMetastore),
      ...metastoreTaskPods(platform, catalog.hiveMetastore),
    ]),
    ...when(compute.spark.enabled, () => [
      ...sparkOperatorPods(platform, compute.spark),
      ...sparkPods(platform, compute.spark),
    ]),
    ...when(query.trino.enabled, () => trinoPods(platform, query.trino)),
    ...when(kafka.enabled, () => [
      ...when(kafka.operator === "deployed", () => strimziPods(platform, kafka)),
      ...kafkaPods(platform, kafka),
      ...when(connect.enabled, () => connectPods(platform, connect)),
      ...when(flink.enabled, () => [
        ...when(flink.operator === "deployed", () => flinkOperatorPods(platform, flink)),
        ...flinkPods(platform, flink),
      ]),
    ]),
    ...when(orchestration.airflow.mode === "existing", () => airflowPods(platform, orchestration.airflow)),
  ];
}

function objectStorePods(platform: Platform, storage: Settings["storage"]): PodGroup[] {
  const all = buckets(storage);
  switch (storage.objects.kind) {
    case "ceph":
      return cephPods(platform, all);
    case "minio":
      return minioPods(platform, storage.objects, all);
    case "s3":
      return [];
  }
}
