import { once } from "./core/once";
import type { Resource } from "./core/resource";
import { release } from "./workloads/charts";
import { flink } from "./workloads/flink";
import { kafka, kafkaConnect, kafkaNodePool } from "./workloads/kafka";
import { BUILT_IN, builtIn } from "./workloads/pods";
import { cluster, pooler } from "./workloads/postgres";
import { spark } from "./workloads/spark";
import type { Workload } from "./workloads/types";

/** Everything that makes pods, by the key of its resources. A new operator is one more row. */
const TABLE: Readonly<Record<string, (resource: Resource) => Workload[]>> = {
  ...Object.fromEntries(Object.keys(BUILT_IN).map((key) => [key, builtIn])),
  "postgresql.cnpg.io/Cluster": cluster,
  "postgresql.cnpg.io/Pooler": pooler,
  "sparkoperator.k8s.io/SparkApplication": spark,
  "sparkoperator.k8s.io/ScheduledSparkApplication": spark,
  "flink.apache.org/FlinkDeployment": flink,
  "kafka.strimzi.io/Kafka": kafka,
  "kafka.strimzi.io/KafkaNodePool": kafkaNodePool,
  "kafka.strimzi.io/KafkaConnect": kafkaConnect,
  "helm.sh/Release": release,
};

export const WORKLOAD_KEYS: readonly string[] = Object.keys(TABLE);

/** The pods that a resource brings; none for most. */
export const workloads = once((resource: Resource): Workload[] => TABLE[resource.key]?.(resource) ?? []);
