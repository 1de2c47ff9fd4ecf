/** The unit that a line of the bill charges for. */
export type Charge =
  /** For each pod of these services, or of some of their roles. */
  | { readonly per: "pod"; readonly of: readonly PodsOf[] }
  /** Once for each of these services that runs, whatever its size. */
  | { readonly per: "service"; readonly of: readonly PodsOf[] }
  /** For each TB (10^12 bytes) kept in object storage. */
  | { readonly per: "terabyte" }
  /** A lump sum that the settings of the stack state. */
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
  /** Name of the unit. */
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
 * The unit prices of the founding documents, in the order of their bills. Services without a price cost nothing by this book,
 * because `Kubernetes compute` covers their machines. A service with several roles is charged by the role that scales.
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

/** Price books by their name in the settings. */
export const priceBooks = { founding } as const satisfies Record<string, PriceBook>;

function pods(line: string, usdPerMonth: number, unit: string, ...of: PodsOf[]): Price {
  return { line, usdPerMonth, unit, charge: { per: "pod", of } };
}

function once(line: string, usdPerMonth: number, unit: string, ...of: PodsOf[]): Price {
  return { line, usdPerMonth, unit, charge: { per: "service", of } };
}
