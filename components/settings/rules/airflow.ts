import { knownTopics } from "../../streaming/topics";
import { stackFacts } from "../../facts";
import type { Rule } from "../rule";

const PATH = "lakehouse:orchestration.airflow";
/** Topic of the changes that `pipelines/sql/merge_changes.sql` reads. */
const CHANGES = "shop.public.orders";

/** What an Airflow of the stack's own needs, and an existing one does not. */
export const ownAirflow: Rule = function* (settings) {
  const { airflow } = settings.orchestration;
  if (airflow.mode !== "deployed") return;
  const stack = stackFacts(settings);
  for (const [capability, word, cure] of [
    ["database", "a database", "lakehouse:storage.postgres.enabled true"],
    ["objects", "an object store", "a lakehouse:storage.objects.kind"],
  ] as const)
    if (!stack.gives(capability))
      yield {
        path: `${PATH}.mode`,
        message: `given deployed, which needs ${word}; allowed: ${cure}, or existing or off`,
      };
  if (airflow.auth.oidc !== undefined && stack.door("airflow") === undefined)
    yield {
      path: "lakehouse:doors.airflow",
      message: `not given with ${PATH}.auth.oidc; allowed: the host or the URL at which people open Airflow, to which the issuer sends them back`,
    };
  if (!airflow.merge.enabled) return;
  const { trino } = settings.query;
  const topics = [...knownTopics(settings.streaming).topics, ...trino.kafka.topics.map(({ topic }) => topic)];
  if (!trino.enabled || !trino.kafka.enabled || !stack.gives("log") || !topics.includes(CHANGES))
    yield {
      path: `${PATH}.merge.enabled`,
      message: `given true, which reads kafka.shop.orders of Trino; allowed: true with Kafka, lakehouse:query.trino and the topic ${CHANGES} in lakehouse:query.trino.kafka.topics`,
    };
};
