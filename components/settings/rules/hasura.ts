import type { Rule } from "../rule";

/** Whoever reaches Hasura's console and has its admin secret changes rights by hand: no page for that where data is kept. */
export const closedConsole: Rule = function* ({ query: { hasura }, cluster: { protectData } }) {
  if (!hasura.enabled || !hasura.console || !protectData) return;
  yield {
    path: "lakehouse:query.hasura.console",
    message: "given true while lakehouse:cluster.protectData is true, as in production; allowed: false",
  };
};
