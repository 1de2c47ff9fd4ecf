import { type FieldDifference, isObject } from "../compare";

/** Kinds whose controller rolls their pods when the pods' template changes. */
const ROLLED: ReadonlySet<string> = new Set(["Deployment", "StatefulSet"]);

/** Kinds of operators that run pods, and the fields that only change how many. */
const OPERATED: Readonly<Record<string, readonly string[]>> = {
  Cluster: ["instances"],
  Kafka: [],
  KafkaNodePool: ["replicas"],
  KafkaConnect: ["replicas"],
  FlinkDeployment: [],
  Elasticsearch: [],
  Kibana: ["count"],
  Logstash: ["count"],
  MariaDB: ["replicas"],
  ClickHouseInstallation: [],
  ClickHouseKeeperInstallation: [],
};

/**
 * Pods that a change in place restarts: their number, `every node` for a pod on each, or `operator` where an operator decides;
 * undefined if none restart.
 */
export function restarts(
  after: unknown,
  fields: readonly FieldDifference[],
): number | "every node" | "operator" | undefined {
  if (!isObject(after) || typeof after.kind !== "string") return undefined;
  const { kind, spec } = after;
  const inSpec = fields.filter(({ path }) => path[0] === "spec");
  if (ROLLED.has(kind) || kind === "DaemonSet") {
    if (!inSpec.some(({ path }) => path[1] === "template" || path.length === 1)) return undefined;
    if (kind === "DaemonSet") return "every node";
    const replicas = isObject(spec) ? spec.replicas : undefined;
    const count = typeof replicas === "number" ? replicas : 1;
    return count === 0 ? undefined : count;
  }
  const counts = OPERATED[kind];
  if (counts === undefined) return undefined;
  return inSpec.some(({ path }) => !counts.includes(path[1] ?? "")) ? "operator" : undefined;
}
