import { JOB_NAMESPACE } from "../core/governance";

/** What makes applications of Spark tell what their tables are made of. Pure. */

const PREFIX = "spark.openlineage";

/**
 * The listener, and what it tells. Where events go are variables. Plans and whole configurations are left out: statements and
 * values in them may be secret.
 */
export const lineageConf = (): Record<string, string> => ({
  "spark.extraListeners": "io.openlineage.spark.agent.OpenLineageSparkListener",
  [`${PREFIX}.namespace`]: JOB_NAMESPACE,
  [`${PREFIX}.facets.spark.logicalPlan.disabled`]: "true",
  [`${PREFIX}.facets.spark_unknown.disabled`]: "true",
  [`${PREFIX}.facets.debug.disabled`]: "true",
  [`${PREFIX}.facets.sql.disabled`]: "true",
  [`${PREFIX}.capturedProperties`]: "spark.app.name",
});
