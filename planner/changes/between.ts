import { by } from "../order";
import type { LinkReport, NodePlan, Plan } from "../plan";
import { harmsOf } from "./harms";
import { imageChanges } from "./images";
import type { AmountChange, NodeChange, ObjectChange, PlanChanges } from "./model";
import type { WholeChange } from "./objects";

/** The parts of a plan that are compared. Plans of other versions may lack some. */
export type Compared = Partial<Pick<Plan, "nodes" | "volumes" | "links" | "cost">>;

/**
 * What differs between two plans.
 * @param against name of the plan before
 * @param changes of objects; undefined where the manifests of the plan before are not known
 */
export function changesBetween(
  against: string,
  before: Compared,
  after: Compared,
  changes: readonly WholeChange[] | undefined,
): PlanChanges {
  const known = changes ?? [];
  return {
    against,
    ...(changes !== undefined && {
      objects: known.map(({ change }) => change).toSorted(by(rank, ({ resource }) => resource)),
    }),
    harms: harmsOf(known),
    images: imageChanges(known),
    nodes: nodeChanges(before.nodes, after.nodes),
    volumes: before.volumes === undefined ? [] : amounts(sizes(before), sizes(after)),
    cost: costs(before, after),
    links: { opened: missing(after.links, before.links), closed: missing(before.links, after.links) },
  };
}

/** What matters most comes first: lost data, deletions, replacements, changes that restart pods. */
function rank({ action, losesData, restarts }: ObjectChange): number {
  if (losesData) return 0;
  return { delete: 1, replace: 2, change: restarts === undefined ? 4 : 3, create: 5 }[action];
}

function nodeChanges(before: readonly NodePlan[] | undefined, after: readonly NodePlan[] | undefined): NodeChange[] {
  if (before === undefined || after === undefined) return [];
  const requests = (nodes: readonly NodePlan[]) =>
    new Map(nodes.map(({ name, memory, cpu }) => [name, { memory: memory.requested, cpu: cpu.requested }]));
  const [was, is] = [requests(before), requests(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((node) => ({ node, one: was.get(node), other: is.get(node) }))
    .filter(({ one, other }) => one?.memory !== other?.memory || one?.cpu !== other?.cpu)
    .map(({ node, one, other }) => ({ node, ...(one && { before: one }), ...(other && { after: other }) }))
    .toSorted(by(({ node }) => node));
}

const sizes = ({ volumes = [] }: Compared) => new Map(volumes.map(({ storageClass, size }) => [storageClass, size]));

function costs({ cost: before }: Compared, { cost: after }: Compared): AmountChange[] {
  // Amounts by other prices say nothing about the change.
  if (before === undefined || before.book !== after?.book || before.currency !== after.currency) return [];
  const lines = (of: Plan["cost"]) => new Map(of.lines.map(({ line, monthly }) => [line, monthly]));
  return amounts(lines(before), lines(after));
}

function amounts(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): AmountChange[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((name) => ({ name, before: before.get(name) ?? 0, after: after.get(name) ?? 0 }))
    .filter((one) => one.before !== one.after);
}

function missing(of: readonly LinkReport[] = [], from: readonly LinkReport[] | undefined): LinkReport[] {
  if (from === undefined) return [];
  const text = ({ from: one, to, port, protocol }: LinkReport) => `${one} ${to} ${protocol} ${String(port)}`;
  const known = new Set(from.map(text));
  return of.filter((link) => !known.has(text(link)));
}
