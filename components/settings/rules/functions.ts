import type { Rule } from "../rule";

/** Functions have topics and parts of silver of their own, and may hand large objects to Spark. */
export const cleaningFunctions: Rule = function* ({ compute, streaming: { kafka, knative } }) {
  if (!knative.enabled) return;
  const path = "lakehouse:streaming.knative.functions";
  const functions = Object.entries(knative.functions);
  for (const [name, { to, large }] of functions) {
    if (kafka.topics.some((topic) => topic.name === `functions-${name}`))
      yield {
        path: `${path}.${name}`,
        message: `given while lakehouse:streaming.kafka.topics has "functions-${name}", which the function creates; allowed: another name of one of them`,
      };
    if (large === "spark" && !(compute.spark.enabled && compute.sparkHistory.enabled))
      yield {
        path: `${path}.${name}.large`,
        message:
          "given spark; allowed: quarantine, or lakehouse:compute.spark.enabled and lakehouse:compute.sparkHistory.enabled both true, which brings Spark's libraries for files of the object store",
      };
    for (const [other, { to: theirs }] of functions)
      if (other < name && (to.startsWith(theirs) || theirs.startsWith(to)))
        yield {
          path: `${path}.${name}.to`,
          message: `given "${to}", beside "${theirs}" of ${other}; allowed: a part of silver that no other function writes`,
        };
  }
};
