import { by } from "./order";
import type { LinkReport, Plan } from "./plan";

/** Who may talk to whom, by system: what the page draws. Pure. */
export interface Topology {
  /** Clients first, so that most edges lead down. */
  readonly lanes: readonly Lane[];
  /** An edge for each pair of systems that a link connects, in one direction. */
  readonly edges: readonly Edge[];
}

export interface Lane {
  /** The layer, or `OUTSIDE`. */
  readonly name: string;
  readonly systems: readonly string[];
}

export interface Edge {
  readonly client: string;
  readonly server: string;
  /** Links between the two, each once. */
  readonly flows: readonly Flow[];
}

/** A link with the policies that open it in every namespace. */
export interface Flow extends Pick<LinkReport, "from" | "to" | "port" | "protocol"> {
  readonly policies: readonly string[];
}

/** Lane of those that no system of the stack runs: the API server, the DNS, who watches. */
export const OUTSIDE = "outside";

/** The systems of a plan and its links between them. A plan that does not name systems has its links' own ends. */
export function topology({ systems = [], links }: Pick<Plan, "systems" | "links">): Topology {
  const pairs = new Map<string, { client: string; server: string; links: LinkReport[] }>();
  for (const link of links) {
    const { from, to, client = from, server = to } = link;
    const key = JSON.stringify([client, server]);
    const pair = pairs.get(key) ?? { client, server, links: [] };
    pair.links.push(link);
    pairs.set(key, pair);
  }
  const edges = [...pairs.values()].map(({ client, server, links: all }) => ({ client, server, flows: flows(all) }));
  const layerOf = new Map(systems.map(({ name, layer }) => [name, layer]));
  const names = new Set([...layerOf.keys(), ...edges.flatMap(({ client, server }) => [client, server])]);
  const lanes = new Map<string, string[]>();
  for (const name of names) {
    const lane = layerOf.get(name) ?? OUTSIDE;
    lanes.set(lane, [...(lanes.get(lane) ?? []), name]);
  }
  const served = servedShare(edges, (name) => layerOf.get(name) ?? OUTSIDE);
  const order = [...lanes.keys()];
  return {
    lanes: [...lanes]
      .map(([name, all]) => ({ name, systems: all }))
      .toSorted(
        by(
          ({ name }) => Number(name === OUTSIDE),
          ({ name }) => served(name),
          ({ name }) => -order.indexOf(name),
        ),
      ),
    edges,
  };
}

/** The part of a lane's edges to other lanes that lead into it: 0 for clients alone, 1 for servers alone. */
function servedShare(edges: readonly Edge[], laneOf: (name: string) => string): (lane: string) => number {
  const counts = new Map<string, { into: number; all: number }>();
  const add = (lane: string, into: number) => {
    const before = counts.get(lane) ?? { into: 0, all: 0 };
    counts.set(lane, { into: before.into + into, all: before.all + 1 });
  };
  for (const { client, server } of edges) {
    const [one, other] = [laneOf(client), laneOf(server)];
    if (one === other || one === OUTSIDE || other === OUTSIDE) continue;
    add(one, 0);
    add(other, 1);
  }
  return (lane) => {
    const count = counts.get(lane);
    return count === undefined ? 0 : count.into / count.all;
  };
}

function flows(links: readonly LinkReport[]): Flow[] {
  const found = new Map<string, Flow>();
  for (const { from, to, port, protocol, policies = [] } of links) {
    const key = JSON.stringify([from, to, port, protocol]);
    const before = found.get(key)?.policies ?? [];
    found.set(key, { from, to, port, protocol, policies: [...before, ...policies] });
  }
  return [...found.values()];
}

/** Ports of an edge, each once: `TCP 9000`. */
export function ports({ flows: all }: Edge): string[] {
  const sorted = all.toSorted(
    by(
      ({ port }) => port,
      ({ protocol }) => protocol,
    ),
  );
  return [...new Set(sorted.map(({ protocol, port }) => `${protocol} ${String(port)}`))];
}

/** Edges of a system, those to itself included, by the other side. */
export function edgesOf(
  name: string,
  { edges }: Topology,
): { readonly to: Edge[]; readonly from: Edge[]; readonly within: Edge[] } {
  return {
    to: edges.filter(({ client, server }) => client === name && server !== name),
    from: edges.filter(({ client, server }) => server === name && client !== name),
    within: edges.filter(({ client, server }) => client === name && server === name),
  };
}
