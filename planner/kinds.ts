import { REPRODUCIBLE } from "../components/core/labels";
import { isObject } from "./compare";

/** Fields that cannot be changed in place, as paths whose whole subtree is meant. */
export interface Immutable {
  readonly fields: readonly string[];
  /** Below `fields`, but changeable all the same. */
  readonly except?: readonly string[];
}

/** Names a kind: `StatefulSet.apps`, `Service` (core), or `S3Bucket.*` where the group does not matter. */
type KindName = string;

/** Every object: another name or namespace is another object. */
const ALWAYS: Immutable = { fields: ["kind", "metadata.name", "metadata.namespace"] };

const ROLE_REF: Immutable = { fields: ["roleRef"] };
const SELECTOR: Immutable = { fields: ["spec.selector"] };

/**
 * What the API server refuses to update: `Validate…Update` in kubernetes/kubernetes `pkg/apis/<group>/validation`
 * (1.34–1.36), which is also what the Pulumi provider replaces for (pulumi-kubernetes `provider/pkg/provider/diff.go`).
 * Custom resources and provider resources: their upstream's validation or schema.
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

/** Sealed by `immutable: true`, which cannot be taken back. */
const SEALED: Immutable = { fields: ["data", "binaryData", "stringData", "immutable"] };
const SEALABLE: ReadonlySet<KindName> = new Set(["Secret", "ConfigMap"]);

/** Objects that take stored data along when they are deleted, themselves or by what their operator owns for them. */
const HOLDS_DATA: ReadonlySet<KindName> = new Set([
  "Namespace",
  "PersistentVolumeClaim",
  "PersistentVolume",
  "CustomResourceDefinition.apiextensions.k8s.io",
  "Cluster.postgresql.cnpg.io",
  "postgresql.acid.zalan.do",
  "Database.*",
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
  "OpenSearchCluster.opensearch.opster.io",
  "ClickHouseInstallation.clickhouse.altinity.com",
  "Druid.druid.apache.org",
  "Milvus.milvus.io",
]);

/** The rules that hold for a manifest as it was. */
export function immutables(manifest: unknown): Immutable[] {
  const names = kindNames(manifest);
  const sealed = isObject(manifest) && manifest.immutable === true && names.some((name) => SEALABLE.has(name));
  return [ALWAYS, ...names.flatMap((name) => IMMUTABLE[name] ?? []), ...(sealed ? [SEALED] : [])];
}

/**
 * A StatefulSet's claims survive it by default, but nothing binds them to what comes after: counted as lost, unless it says
 * that what is on them can be had again.
 */
export function holdsData(manifest: unknown): boolean {
  const names = kindNames(manifest);
  if (names.some((name) => HOLDS_DATA.has(name))) return true;
  if (!names.includes("StatefulSet.apps") || !isObject(manifest)) return false;
  const { metadata, spec } = manifest;
  const annotations = isObject(metadata) ? metadata.annotations : undefined;
  const reason = isObject(annotations) ? annotations[REPRODUCIBLE] : undefined;
  if (typeof reason === "string" && reason.trim() !== "") return false;
  const claims = isObject(spec) ? spec.volumeClaimTemplates : undefined;
  return Array.isArray(claims) && claims.length > 0;
}

/** `Deployment.apps` and `Deployment.*`; of what other providers make, by their type token, `S3Bucket.minio` and `S3Bucket.*`. */
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
