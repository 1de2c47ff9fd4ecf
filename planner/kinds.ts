import { REPRODUCIBLE } from "../components/core/labels";
import { isObject } from "./compare";

/** Fields that cannot be changed in place. A path includes everything below it. */
export interface Immutable {
  readonly fields: readonly string[];
  /** Paths below `fields` that can be changed. */
  readonly except?: readonly string[];
}

/** Name of a kind: `StatefulSet.apps`, `Service` (core group), or `S3Bucket.*` for any group. */
type KindName = string;

/** For every kind: another name or namespace is another object. */
const ALWAYS: Immutable = { fields: ["kind", "metadata.name", "metadata.namespace"] };

const ROLE_REF: Immutable = { fields: ["roleRef"] };
const SELECTOR: Immutable = { fields: ["spec.selector"] };

/**
 * Fields that the API server refuses to update: `Validate…Update` in kubernetes/kubernetes `pkg/apis/<group>/validation`
 * (1.34–1.36). The Pulumi provider replaces objects for the same fields (pulumi-kubernetes `provider/pkg/provider/diff.go`).
 * Fields of custom resources and provider resources are from the validation or the schema of their upstream.
 */
const IMMUTABLE: Readonly<Record<KindName, Immutable>> = {
  "StatefulSet.apps": {
    fields: ["spec"],
    except: [
      "spec.replicas",
      "spec.ordinals",
      "spec.template",
      "spec.updateStrategy",
      "spec.revisionHistoryLimit",
      "spec.persistentVolumeClaimRetentionPolicy",
      "spec.minReadySeconds",
    ],
  },
  "Deployment.apps": SELECTOR,
  "DaemonSet.apps": SELECTOR,
  "Job.batch": {
    fields: ["spec.template", "spec.selector", "spec.completions", "spec.completionMode", "spec.podFailurePolicy"],
  },
  "Service": { fields: ["spec.clusterIP"] },
  "PersistentVolumeClaim": { fields: ["spec"], except: ["spec.resources", "spec.volumeAttributesClassName"] },
  "Secret": { fields: ["type"] },
  "ResourceQuota": { fields: ["spec.scopes", "spec.scopeSelector"] },
  "RoleBinding.rbac.authorization.k8s.io": ROLE_REF,
  "ClusterRoleBinding.rbac.authorization.k8s.io": ROLE_REF,
  "StorageClass.storage.k8s.io": { fields: ["provisioner", "parameters", "reclaimPolicy", "volumeBindingMode"] },
  "PriorityClass.scheduling.k8s.io": { fields: ["value", "preemptionPolicy"] },
  "IngressClass.networking.k8s.io": { fields: ["spec.controller"] },
  "CustomResourceDefinition.apiextensions.k8s.io": { fields: ["spec.group", "spec.scope", "spec.names.plural"] },
  "ObjectBucketClaim.objectbucket.io": {
    fields: ["spec.bucketName", "spec.generateBucketName", "spec.storageClassName"],
  },
  "KafkaTopic.kafka.strimzi.io": { fields: ["spec.topicName"] },
  "S3Bucket.*": {
    fields: ["bucket", "bucketPrefix", "objectLocking", "spec.bucket", "spec.bucketPrefix", "spec.objectLocking"],
  },
};

/** Fields of a Secret or ConfigMap with `immutable: true`, which cannot be set back to false. */
const SEALED: Immutable = { fields: ["data", "binaryData", "stringData", "immutable"] };
const SEALABLE: ReadonlySet<KindName> = new Set(["Secret", "ConfigMap"]);

/** Kinds whose deletion deletes stored data, directly or through objects that an operator makes for them. */
const HOLDS_DATA: ReadonlySet<KindName> = new Set([
  "Namespace",
  "PersistentVolumeClaim",
  "PersistentVolume",
  "CustomResourceDefinition.apiextensions.k8s.io",
  "Cluster.postgresql.cnpg.io",
  "postgresql.acid.zalan.do",
  "Database.*",
  "Schema.postgresql",
  "MariaDB.k8s.mariadb.com",
  "InnoDBCluster.mysql.oracle.com",
  "ObjectBucketClaim.objectbucket.io",
  "CephObjectStore.ceph.rook.io",
  "Tenant.minio.min.io",
  "S3Bucket.*",
  "S3Object.*",
  "Kafka.kafka.strimzi.io",
  "KafkaNodePool.kafka.strimzi.io",
  "KafkaTopic.kafka.strimzi.io",
  "Elasticsearch.elasticsearch.k8s.elastic.co",
  "Logstash.logstash.k8s.elastic.co",
  "OpenSearchCluster.opensearch.opster.io",
  "ClickHouseInstallation.clickhouse.altinity.com",
  "ClickHouseKeeperInstallation.clickhouse-keeper.altinity.com",
  "Druid.druid.apache.org",
  "Milvus.milvus.io",
  "Prometheus.monitoring.coreos.com",
  "Alertmanager.monitoring.coreos.com",
]);

/** The immutable fields of a manifest, before its change. */
export function immutables(manifest: unknown): Immutable[] {
  const names = kindNames(manifest);
  const sealed = isObject(manifest) && manifest.immutable === true && names.some((name) => SEALABLE.has(name));
  return [ALWAYS, ...names.flatMap((name) => IMMUTABLE[name] ?? []), ...(sealed ? [SEALED] : [])];
}

/**
 * Whether deleting an object deletes data. The claims of a StatefulSet survive it by default, but no new pod may find them, so
 * they count as lost unless an annotation says that their data is reproducible.
 */
export function holdsData(manifest: unknown): boolean {
  const names = kindNames(manifest);
  if (names.some((name) => HOLDS_DATA.has(name))) return true;
  if (!names.includes("StatefulSet.apps") || !isObject(manifest) || isReproducible(manifest)) return false;
  const claims = isObject(manifest.spec) ? manifest.spec.volumeClaimTemplates : undefined;
  return Array.isArray(claims) && claims.length > 0;
}

/** Whether an annotation gives the reason why the data on an object's volumes is reproducible. */
export function isReproducible(manifest: unknown): boolean {
  const metadata = isObject(manifest) ? manifest.metadata : undefined;
  const annotations = isObject(metadata) ? metadata.annotations : undefined;
  const reason = isObject(annotations) ? annotations[REPRODUCIBLE] : undefined;
  return typeof reason === "string" && reason.trim() !== "";
}

/** `Deployment.apps` and `Deployment.*`; for resources of other providers, from the type token, `S3Bucket.minio` and `S3Bucket.*`. */
function kindNames(manifest: unknown): KindName[] {
  if (!isObject(manifest)) return [];
  const { kind, apiVersion, type } = manifest;
  if (typeof kind === "string") {
    const [group = ""] = typeof apiVersion === "string" && apiVersion.includes("/") ? apiVersion.split("/") : [];
    return [group === "" ? kind : `${kind}.${group}`, `${kind}.*`];
  }
  const [provider, , token] = typeof type === "string" ? type.split(":") : [];
  return token === undefined ? [] : [`${token}.${provider ?? ""}`, `${token}.*`];
}
