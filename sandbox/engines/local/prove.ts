import { until } from "../../core/until";
import type { Ground } from "../ground";
import { properties } from "../formats";
import { TrinoClient } from "../trino/client";

/** Queries through coordinator and worker, and through each catalog to its back end. */
export function proofs(ground: Pick<Ground, "rendered">): string[] {
  const catalogs = Object.entries(ground.rendered.configMap("trino-coordinator-catalog"))
    // No Kafka runs here.
    .filter(([, text]) => properties.get(text, "connector.name") !== "kafka")
    .map(([file]) => file.replace(".properties", ""));
  return ["select count(*) from tpch.tiny.nation", ...catalogs.map((catalog) => `show schemas from ${catalog}`)];
}

/** Waits until each of these queries has run. */
export async function proveQueries(ground: Ground): Promise<void> {
  const sql = new TrinoClient(ground.at("trino"));
  for (const query of proofs(ground)) {
    let failure = "";
    const ran = () =>
      sql.rows(query, { user: "lakehouse", source: "lakehouse-local" }).then(
        () => true,
        (error: unknown) => {
          failure = String(error);
          return false;
        },
      );
    await until(`Trino answers '${query}'`, ran, { every: 500, explain: () => Promise.resolve(failure) });
  }
}
