import { deepEqual, ok } from "node:assert/strict";

import type { Monitoring } from "../../components/core/monitoring";
import type { Place } from "../../sandbox/engines/ground";
import type { Stage } from "../../sandbox/engines/stage";

export interface Watched {
  readonly monitoring: Monitoring;
  /** Where each role's metrics port is here; none where the pods of that role cannot be had. */
  readonly ports: Readonly<Record<string, Place>>;
}

/** Metrics that no engine exposes, or not the way that it runs here. */
const ELSEWHERE: readonly [RegExp, string][] = [
  [/^up$/, "made by Prometheus itself"],
  [/^kube_/, "kube-state-metrics, which needs a cluster"],
  [/^(container|kubelet)_/, "the kubelet, which needs a cluster"],
  [/^cnpg_/, "the instance manager of the PostgreSQL operator, which is in its image only"],
  [/^kafka_consumergroup_/, "Strimzi's exporter of consumer groups, which is in its image only"],
  [
    /^metrics_spark_driver_ExecutorAllocationManager_/,
    "only a driver with executors of its own: here they are one process",
  ],
];

/** Names of metrics in PromQL: what is neither a function, a keyword, a label nor a string. */
function metricNames({ alerts, panels }: Monitoring): string[] {
  const names = [...alerts, ...panels].flatMap(({ expr }) =>
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

/** Asks each engine for the metrics that its alerts and dashboards name. */
export function exposes(stage: () => Stage, watched: Readonly<Record<string, Watched>>): void {
  describe("metrics that alerts and dashboards name", () => {
    for (const [service, { monitoring, ports }] of Object.entries(watched)) {
      it(`${service}: the engine exposes them, or the list says who does`, async () => {
        const { ground, sql } = stage();
        await sql.rows("show schemas from delta"); // The metastore counts calls once there are any.
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
        const exposed = new Set(
          scraped.flatMap((text) => [...text.matchAll(/^([a-zA-Z_:][\w:]*)/gm)].map(([name]) => name)),
        );
        const elsewhere = (name: string) => ELSEWHERE.find(([pattern]) => pattern.test(name));
        const names = metricNames(monitoring);
        ok(names.length > 0);
        for (const name of names) {
          const why = elsewhere(name)?.[1];
          if (why !== undefined) console.log(`      not here: ${name} (${why})`);
        }
        deepEqual(
          names.filter((name) => elsewhere(name) === undefined && !exposed.has(name)),
          [],
        );
      });
    }
  });
}
