import type { Rule } from "../rule";

/** Metrics are scraped by the cluster's Prometheus or by the stack's own: two would send each alert twice. */
export const oneScraper: Rule = function* ({ observability: { mode, prometheus } }) {
  if (prometheus.enabled && mode === "existing")
    yield {
      path: "lakehouse:observability.prometheus.enabled",
      message:
        "given true with lakehouse:observability.mode: existing; allowed: one of them, since both would send each alert",
    };
};
