import type { Node } from "../core/node";
import type { PodGroup, Resources } from "../core/pod-group";
import { formatBytes, formatCores, GiB } from "../core/quantity";
import type { StackOutputs } from "../outputs";
import { type Chart, type Note, renderDashboard } from "./panels";

/** Name and UID of the overview dashboard. */
export const OVERVIEW = "lakehouse";

/** The outputs of a stack that the overview shows. */
export type Overview = Pick<StackOutputs, "doors" | "versions" | "links" | "cost">;

/** Above this, queries that name every node would make the dashboard too large for a ConfigMap. */
const MOST_NODES = 300;

/**
 * The stack at a glance: its doors, the planned limits of its nodes, the requests that the cluster reports, the quotas, and what the
 * stack's outputs say of cost, versions and links. It contains no size of a pod, so that a changed size does not change the dashboard,
 * which Pulumi's diff would show as a whole. Which pod lands on which node is computed by `lakehouse plan`.
 */
export function overviewDashboard(nodes: readonly Node[], groups: readonly PodGroup[], outputs?: Overview): string {
  const namespaces = [...new Set(groups.map((group) => group.namespace))].sort().join("|");
  const live: Chart[] = (["memory", "cpu"] as const).map((resource) => ({
    title: `Requested ${resource} against the limit of each node`,
    unit: "percentunit",
    limit: 1,
    queries: byLimit(nodes, resource).map(({ limit, names }) => ({
      expr: `${requested(resource, names, namespaces)} / ${String(limit)}`,
      legend: "{{node}}",
    })),
  }));
  return renderDashboard({
    name: OVERVIEW,
    title: "Lakehouse",
    notes: [
      ...(outputs === undefined ? [] : doorNote(outputs)),
      { title: "Nodes, as planned", markdown: nodeTable(nodes) },
    ],
    below: outputs === undefined ? [] : [...costNote(outputs), ...versionNote(outputs), ...linkNote(outputs)],
    charts: [...QUOTAS.map((resource) => quotaChart(resource, namespaces)), ...(nodes.length > MOST_NODES ? [] : live)],
  });
}

function doorNote({ doors }: Overview): Note[] {
  // Not their addresses: what a ConfigMap names, its reader connects to.
  const rows = doors.map(({ name, kind, open }) => [name, kind, `\`${open}\``]);
  return rows.length === 0 ? [] : [{ title: "Doors", markdown: table(["door", "kind", "from your machine"], rows) }];
}

function costNote({ cost }: Overview): Note[] {
  if (cost === undefined) return [];
  const amount = (of: number) => `${of.toLocaleString("en-US", { maximumFractionDigits: 0 })} ${cost.currency}`;
  const rows = Object.entries(cost.systems)
    .toSorted(([, one], [, other]) => other - one)
    .map(([system, monthly]) => [system, amount(monthly)]);
  return [
    {
      title: `Cost a month, as planned (prices: ${cost.book})`,
      markdown: table(["system", amount(cost.monthly)], rows),
    },
  ];
}

function versionNote({ versions }: Overview): Note[] {
  const rows = Object.entries(versions).map(([system, programs]) => [system, programs.join(", ")]);
  return [{ title: "Versions", markdown: table(["system", "programs"], rows) }];
}

function linkNote({ links }: Overview): Note[] {
  const rows = Object.entries(links).map(([client, reached]) => [client, reached.join(", ")]);
  return [{ title: "Links: all that may be reached", markdown: table(["client", "endpoints"], rows) }];
}

const QUOTAS = ["memory", "cpu"] as const;

/** Requests of the pods of each quota, as a share of the quota. */
function quotaChart(resource: keyof Resources, namespaces: string): Chart {
  const quota = (type: "used" | "hard") =>
    `kube_resourcequota{resource="requests.${resource}", type="${type}", namespace=~"${namespaces}"}`;
  return {
    title: `Requested ${resource} against the quota`,
    unit: "percentunit",
    limit: 1,
    queries: [
      { expr: `${quota("used")} / ignoring (type) ${quota("hard")}`, legend: "{{namespace}} {{resourcequota}}" },
    ],
  };
}

/** Nodes with the same limit share a query. */
function byLimit(nodes: readonly Node[], resource: keyof Resources): { limit: number; names: string[] }[] {
  const limits = [...new Set(nodes.map((node) => node.limit[resource]))];
  return limits.map((limit) => ({
    limit,
    names: nodes.filter((node) => node.limit[resource] === limit).map((node) => node.name),
  }));
}

/** Ended pods stay in the metric of requests, although they take no room: only pending and running pods count. */
function requested(resource: keyof Resources, nodes: readonly string[], namespaces: string): string {
  const request = `kube_pod_container_resource_requests{resource="${resource}", node=~"${nodes.join("|")}", namespace=~"${namespaces}"}`;
  return `sum by (node) (${request} * on (namespace, pod) group_left () (kube_pod_status_phase{phase=~"Pending|Running"} == 1))`;
}

function nodeTable(nodes: readonly Node[]): string {
  const kinds = new Map<string, Node[]>();
  for (const node of nodes) {
    const key = JSON.stringify([node.pool, node.capacity, node.system, node.limit]);
    kinds.set(key, [...(kinds.get(key) ?? []), node]);
  }
  return table(
    ["pool", "nodes", "memory", "of it the system's", "limit", "cpu", "limit"],
    [...kinds.values()].map((same) => {
      const [{ pool, capacity, system, limit }] = same as [Node];
      return [
        pool,
        same.length > 5 ? String(same.length) : same.map((node) => node.name).join(", "),
        formatBytes(capacity.memory),
        formatBytes(system.memory),
        gib(limit.memory),
        formatCores(capacity.cpu),
        formatCores(limit.cpu),
      ];
    }),
  );
}

const gib = (bytes: number) => `${(bytes / GiB).toFixed(1).replace(/\.0$/, "")}Gi`;

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}
