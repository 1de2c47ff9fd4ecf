import type { StackValidationPolicy } from "@pulumi/policy";

import { type Config, stackPolicy } from "./core/define";
import { Field } from "./core/field";
import { labelsOf } from "./core/labels";
import { monitorTargets, type Target } from "./network/monitors";
import { admits, admitsCaller, type Caller, callersOn, isAmong } from "./network/peers";
import { Network } from "./network/rules";
import { shortName, title } from "./workloads/types";

/** Whether the metrics collector may reach the ports of monitors. It is seldom in the stack, so it is guessed from the policies. */

export const monitorRequireIngress: StackValidationPolicy = stackPolicy({
  name: "monitor-require-ingress",
  description: "Every port that a ServiceMonitor or PodMonitor scrapes is open to the collector of metrics.",
  config: {
    scraper: {
      type: "object",
      properties: {
        namespace: { type: "string" },
        labels: { type: "object", additionalProperties: { type: "string" } },
      },
      required: ["namespace"],
      description: "Pods that scrape. Left out: the peer that most of the monitored ports admit.",
    },
  },
  *check(stack, config) {
    const network = Network.of(stack);
    const targets = monitorTargets(stack).filter(({ pods }) => stack.manages(pods.namespace));
    const scrapers = scrapersOf(network, targets, config);
    for (const { monitor, field, pods, port } of targets) {
      if (port === undefined) {
        yield {
          on: monitor,
          field,
          problem: `scrapes a port ${JSON.stringify(field.value)} that ${title(pods)} does not have`,
          fix: "name a port of the containers",
        };
        continue;
      }
      const from = closedTo(network, { pods, port }, scrapers);
      if (from === undefined) continue;
      yield {
        on: monitor,
        field,
        problem: `scrapes ${title(pods)} on port ${String(port)}, but no NetworkPolicy allows ingress there${from}`,
        fix: `add a Link from the metrics collector to ${shortName(pods)} on port ${String(port)}`,
      };
    }
  },
});

type Port = Pick<Target, "pods"> & { readonly port: number };

interface Scrapers {
  /** Candidates, one of which scrapes; empty if there is none. */
  readonly callers: readonly Caller[];
  readonly because: string;
}

/** The scrapers that cannot reach a port, for the message; undefined if one can. */
function closedTo(network: Network, { pods, port }: Port, { callers, because }: Scrapers): string | undefined {
  if (callers.length === 0) return admits(network, pods, port) ? undefined : "";
  const open = callers.some((caller) => isAmong(pods, caller) || admitsCaller(network, pods, port, caller));
  return open ? undefined : ` from ${callers.map(({ title }) => title).join(" or ")}${because}`;
}

function scrapersOf(network: Network, targets: readonly Target[], config: Config): Scrapers {
  const given = Field.made(config.scraper, "scraper");
  const namespace = given.at("namespace").text;
  if (namespace !== undefined) return { callers: [configured(namespace, given.at("labels"))], because: "" };
  const ports = distinct(targets);
  const votes = new Map<string, { readonly caller: Caller; count: number }>();
  for (const { pods, port } of ports) {
    for (const caller of callersOn(network, pods, port) ?? []) {
      // Replicas admit each other to form a cluster, and not to scrape.
      if (isAmong(pods, caller)) continue;
      const vote = votes.get(caller.title);
      if (vote === undefined) votes.set(caller.title, { caller, count: 1 });
      else vote.count += 1;
    }
  }
  const most = Math.max(0, ...[...votes.values()].map(({ count }) => count));
  // A peer that only one port admits may be its client and no scraper.
  if (most < 2) return { callers: [], because: "" };
  const callers = [...votes.values()].filter(({ count }) => count === most).map(({ caller }) => caller);
  return { callers, because: `, as on ${String(most)} of ${String(ports.length)} monitored ports` };
}

function configured(namespace: string, labels: Field): Caller {
  const entries = labels.entries.map(([key, value]) => `${key}=${String(value.value)}`).sort();
  return {
    namespace,
    labels: labels.absent ? undefined : labelsOf(labels),
    listeners: [],
    cidr: undefined,
    title: `${entries.length === 0 ? "any pods" : `pods with ${entries.join(", ")}`} in namespace ${namespace}`,
  };
}

function distinct(targets: readonly Target[]): Port[] {
  const byPods = new Map<Target["pods"], Set<number>>();
  for (const { pods, port } of targets) {
    if (port === undefined) continue;
    byPods.set(pods, (byPods.get(pods) ?? new Set()).add(port));
  }
  return [...byPods].flatMap(([pods, ports]) => [...ports].map((port) => ({ pods, port })));
}
