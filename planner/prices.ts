/** What one line of the bill is charged for. */
export type Charge =
  /** For each pod of these services, of these roles where they are named. */
  | { readonly per: "pod"; readonly of: readonly PodsOf[] }
  /** Once for each of these services that runs, whatever its size. */
  | { readonly per: "service"; readonly of: readonly PodsOf[] }
  /** For each TB (10^12 bytes) kept in object storage. */
  | { readonly per: "terabyte" }
  /** A lump sum that the stack states, because it follows from no unit. */
  | { readonly per: "stack" };

export interface PodsOf {
  readonly service: string;
  /** @default every role of the service */
  readonly roles?: readonly string[];
}

export interface Price {
  readonly line: string;
  /** USD a month for one unit. */
  readonly usdPerMonth: number;
  /** What one unit is called. */
  readonly unit: string;
  readonly charge: Charge;
}

export interface PriceBook {
  readonly name: string;
  readonly currency: "USD";
  /** In the order of the bill. */
  readonly prices: readonly Price[];
}

/**
 * The unit prices of the founding documents, in the order of their bills. Whatever they give no price for costs nothing
 * by this book: its machines are in `Kubernetes compute`. Small clusters grow by the role that is named here.
 */
export const founding: PriceBook = {
  name: "founding",
  currency: "USD",
  prices: [
    // Disks of 10 USD/TB over three years and 0.10 USD/TB of electricity a month, rounded up as the documents do.
    { line: "Object storage", usdPerMonth: 0.4, unit: "TB", charge: { per: "terabyte" } },
    { line: "Kubernetes compute", usdPerMonth: 1, unit: "USD", charge: { per: "stack" } },
    pods("Kafka", 200, "broker", { service: "kafka", roles: ["broker", "combined"] }),
    pods("NiFi", 150, "node", { service: "nifi" }),
    pods("Spark", 50, "executor", { service: "spark", roles: ["executor"] }),
    pods("Flink", 300, "TaskManager", { service: "flink", roles: ["taskmanager"] }),
    once("Airflow", 200, "deployment", { service: "airflow" }),
    pods("Trino", 400, "worker", { service: "trino", roles: ["worker"] }),
    pods("Druid", 500, "small cluster", { service: "druid", roles: ["historical"] }),
    pods("Elasticsearch", 300, "node", { service: "elasticsearch" }),
    pods("Milvus", 600, "cluster", { service: "milvus", roles: ["standalone", "querynode"] }),
    pods("APIs", 50, "instance", { service: "query-api" }),
    once("Redis", 100, "small cluster", { service: "redis" }, { service: "valkey" }),
    pods("Prometheus and Grafana", 200, "server", { service: "prometheus" }),
    pods("OpenSearch", 300, "node", { service: "opensearch" }),
    once("Atlas", 400, "deployment", { service: "atlas" }),
  ],
};

/** Price books by the name that settings choose them by. */
export const priceBooks = { founding } as const satisfies Record<string, PriceBook>;

function pods(line: string, usdPerMonth: number, unit: string, ...of: PodsOf[]): Price {
  return { line, usdPerMonth, unit, charge: { per: "pod", of } };
}

function once(line: string, usdPerMonth: number, unit: string, ...of: PodsOf[]): Price {
  return { line, usdPerMonth, unit, charge: { per: "service", of } };
}
