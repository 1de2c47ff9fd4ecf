import { shippedConfig } from "./stacks";

const { values } = shippedConfig("dev");
const having = (section: string, more: object): Record<string, string> => {
  const key = `lakehouse:${section}`;
  return { [key]: JSON.stringify({ ...(JSON.parse(values[key] ?? "{}") as object), ...more }) };
};

/** What the dev stack needs to have OpenMetadata: OpenSearch, cert-manager, a node with room. */
export const CATALOGUE: Readonly<Record<string, string>> = {
  ...having("catalog", { openmetadata: { enabled: true } }),
  ...having("storage", { opensearch: { enabled: true } }),
  ...having("cluster", { certManager: true }),
  "lakehouse:nodes": JSON.stringify([{ name: "one", pool: "everything", cpu: 64, memory: "256Gi" }]),
};
