import { deepEqual, ok } from "node:assert/strict";

import type { Monitoring } from "../../components/core/monitoring";
import type { Place } from "../../sandbox/engines/ground";
import type { Stage } from "../../sandbox/engines/stage";

export interface Watched {
  readonly monitoring: Monitoring;
  /** Metrics port of each role; a role without one has no engine here. */
  readonly ports: Readonly<Record<string, Place>>;
}

/** Metrics that the engines here do not expose, with their source. */
const ELSEWHERE: readonly [RegExp, string][] = [
  [/^up$/, "made by Prometheus itself"],
  [/^lakehouse:/, "recorded by Prometheus, by the stack's rules"],
  [/^kube_/, "kube-state-metrics, which needs a cluster"],
  [/^(container|kubelet)_/, "the kubelet, which needs a cluster"],
  [/^cnpg_/, "the instance manager of the PostgreSQL operator, which is only in its image"],
  [/^kafka_consumergroup_/, "Strimzi's exporter of consumer groups, which is only in its image"],
  [/^metrics_spark_driver_ExecutorAllocationManager_/, "a driver with separate executors; here they are one process"],
];

/** Names of metrics in PromQL: all words except functions, keywords, labels and strings. */
function metricNames({ alerts, records = [], panels }: Monitoring): string[] {
  const names = [...alerts, ...records, ...panels].flatMap(({ expr }) =>
    [
      ...expr
        .replace(/"[^"]*"/g, "")
        .replace(/\{[^}]*\}/g, " ")
        .replace(/\[[^\]]*\]/g, " ")
        .replace(/\boffset\s+\w+/g, " ")
        .replace(/\b(by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)/g, " ")
        .matchAll(/[a-zA-Z_:][\w:]*(?!\s*\(|\w)/g),
    ].map(([name]) => name),
  );
  const keywords = new Set(["and", "or", "unless", "bool", "by", "on", "without", "offset", "inf"]);
  return [...new Set(names)].filter((name) => !keywords.has(name)).toSorted();
}

/** Metrics that alerts and dashboards name and none of the texts has; prints those that are made elsewhere. */
export function notExposed(monitoring: Monitoring, scraped: readonly string[]): string[] {
  const exposed = new Set(scraped.flatMap((text) => [...text.matchAll(/^([a-zA-Z_:][\w:]*)/gm)].map(([name]) => name)));
  const elsewhere = (name: string) => ELSEWHERE.find(([pattern]) => pattern.test(name));
  const names = metricNames(monitoring);
  ok(names.length > 0);
  for (const name of names) {
    const why = elsewhere(name)?.[1];
    if (why !== undefined) console.log(`      not here: ${name} (${why})`);
  }
  return names.filter((name) => elsewhere(name) === undefined && !exposed.has(name));
}

/** Tests that each engine exposes the metrics that its alerts and dashboards name. */
export function exposes(stage: () => Stage, watched: Readonly<Record<string, Watched>>): void {
  describe("metrics that alerts and dashboards name", () => {
    for (const [service, { monitoring, ports }] of Object.entries(watched)) {
      it(`${service}: the engine exposes them, or they are listed with their source`, async () => {
        const { ground, sql } = stage();
        await sql.rows("show schemas from delta"); // The metastore has counters only after its first call.
        const scraped: string[] = [];
        for (const scrape of monitoring.scrapes) {
          const place = ports[scrape.role];
          if (place === undefined) continue;
          const { basicAuthSecret: secret, path = "/metrics" } = scrape;
          const user = secret === undefined ? "" : ground.rendered.secret(secret, "username");
          const headers: Record<string, string> =
            secret === undefined ? {} : { Authorization: `Basic ${Buffer.from(`${user}:`).toString("base64")}` };
          const answer = await fetch(`http://${ground.at(place)}${path}`, { headers });
          ok(answer.ok, `${scrape.role} ${path} answers ${answer.status}`);
          scraped.push(await answer.text());
        }
        deepEqual(notExposed(monitoring, scraped), []);
      });
    }
  });
}
