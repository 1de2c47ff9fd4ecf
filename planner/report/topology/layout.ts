import ELK, { type ElkExtendedEdge, type ElkNode } from "elkjs/lib/elk.bundled.js";

import { type Edge, OUTSIDE, type Topology } from "../../topology";

/** Where everything of a topology stands, in pixels. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly (Box & { readonly name: string })[];
  readonly systems: readonly (Box & { readonly name: string })[];
  readonly edges: readonly Way[];
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Way {
  readonly edge: Edge;
  /** Path of SVG. */
  readonly path: string;
  /** Drawn only while one of its ends is chosen: nearly every system has one to the API server, the DNS and who watches. */
  readonly quiet: boolean;
}

const SIZE = { width: 116, height: 42 };
/** Between systems beside each other, and between a lane's systems and its border. */
const GAP = 12;
/** Room for a lane's name: left of it in a wide drawing, above it in a narrow one. */
const NAME = { width: 106, height: 22 };

/** Options of Eclipse Layout Kernel: https://eclipse.dev/elk/reference/options.html */
const OPTIONS = {
  "elk.algorithm": "layered",
  "elk.direction": "DOWN",
  "elk.edgeRouting": "SPLINES",
  // A lane is a partition: its systems stand below those of the lane before.
  "elk.partitioning.activate": "true",
  "elk.separateConnectedComponents": "false",
  // Straight edges and a narrow drawing; Brandes and Köpf's placement, the default, is half as wide again.
  "elk.layered.nodePlacement.strategy": "NETWORK_SIMPLEX",
  "elk.layered.spacing.nodeNodeBetweenLayers": "46",
  "elk.spacing.nodeNode": String(GAP),
  "elk.spacing.edgeNode": "8",
  "elk.spacing.edgeEdge": "7",
  "elk.padding": "[top=0,left=0,bottom=0,right=0]",
};

/** For screens: lanes from top to bottom, and edges between the systems that go round all others. */
export async function wideDrawing(graph: Topology): Promise<Drawing> {
  const inside = graph.lanes.filter(({ name }) => name !== OUTSIDE);
  const known = new Set(inside.flatMap(({ systems }) => systems));
  const drawn = graph.edges.filter(({ client, server }) => client !== server && known.has(client) && known.has(server));
  const placed: ElkNode = await new ELK().layout({
    id: "",
    layoutOptions: OPTIONS,
    children: inside.flatMap(({ systems }, lane) =>
      systems.map((id): ElkNode => ({ id, ...SIZE, layoutOptions: { "elk.partitioning.partition": String(lane) } })),
    ),
    edges: drawn.map(({ client, server }, at) => ({ id: String(at), sources: [client], targets: [server] })),
  });
  const boxes = (placed.children ?? []).map(({ id, x = 0, y = 0 }) => ({
    name: id,
    ...SIZE,
    x: NAME.width + GAP + Math.round(x),
    y: GAP + Math.round(y),
  }));
  const systems = Math.max(placed.width ?? 0, 3 * SIZE.width + 2 * GAP);
  const below = Math.max(0, ...boxes.map(({ y, height }) => y + height + 2 * GAP + 4));
  const rest = rows(graph.lanes.find(({ name }) => name === OUTSIDE)?.systems ?? [], {
    x: NAME.width + GAP,
    y: below + GAP,
    columns: Math.floor((systems + GAP) / (SIZE.width + GAP)),
  });
  const all = [...boxes, ...rest];
  const width = NAME.width + GAP + Math.ceil(systems) + GAP;
  const ways = drawn.map((edge, at): Way => ({
    edge,
    path: spline(placed.edges?.[at], NAME.width + GAP, GAP),
    quiet: false,
  }));
  return {
    width,
    height: Math.max(GAP, ...all.map(({ y, height }) => y + height + GAP)),
    lanes: graph.lanes.map(({ name, systems: names }) => ({
      name,
      x: 0,
      width,
      ...extent(all.filter((box) => names.includes(box.name))),
    })),
    systems: all,
    edges: [
      ...ways,
      ...curves(
        graph.edges.filter((edge) => !drawn.includes(edge)),
        all,
      ),
    ],
  };
}

/** For phones: three systems beside each other. Edges would cross systems, so only those of a chosen one are drawn. */
export function narrowDrawing(graph: Topology, columns = 3): Drawing {
  // Edges go round the last column too.
  const width = columns * (SIZE.width + GAP) + GAP;
  const systems: Drawing["systems"][number][] = [];
  const lanes: Drawing["lanes"][number][] = [];
  let y = 0;
  for (const { name, systems: names } of graph.lanes) {
    const placed = rows(names, { x: GAP, y: y + NAME.height, columns });
    const height = Math.max(...placed.map((box) => box.y + box.height)) + GAP - y;
    lanes.push({ name, x: 0, y, width, height });
    systems.push(...placed);
    y += height + GAP;
  }
  return { width, height: y, lanes, systems, edges: curves(graph.edges, systems) };
}

/** Systems from left to right, in as many rows as they take. */
function rows(
  names: readonly string[],
  { x, y, columns }: { readonly x: number; readonly y: number; readonly columns: number },
): Drawing["systems"] {
  return names.map((name, at) => ({
    name,
    ...SIZE,
    x: x + (at % columns) * (SIZE.width + GAP),
    y: y + Math.floor(at / columns) * (SIZE.height + GAP),
  }));
}

/** From the highest system of a lane to its lowest. */
function extent(boxes: readonly Box[]): Pick<Box, "y" | "height"> {
  const top = Math.min(...boxes.map(({ y }) => y)) - GAP;
  return { y: top, height: Math.max(...boxes.map(({ y, height }) => y + height)) + GAP - top };
}

/** Edges straight from one system to the other, below all systems. */
function curves(edges: readonly Edge[], systems: Drawing["systems"]): Way[] {
  const box = new Map(systems.map((of) => [of.name, of]));
  return edges
    .filter(({ client, server }) => client !== server)
    .map((edge) => {
      const [one, other] = [box.get(edge.client)!, box.get(edge.server)!];
      const [x, u] = [one.x + one.width / 2, other.x + other.width / 2];
      // Beside each other: round below both. Below each other: round beside both.
      if (one.y === other.y) {
        const y = one.y + one.height;
        return { edge, quiet: true, path: `M${point(x, y)}C${point(x, y + 16)} ${point(u, y + 16)} ${point(u, y)}` };
      }
      if (x === u) {
        const [right, y, v] = [one.x + one.width, one.y + one.height / 2, other.y + other.height / 2];
        return {
          edge,
          quiet: true,
          path: `M${point(right, y)}C${point(right + 14, y)} ${point(right + 14, v)} ${point(right, v)}`,
        };
      }
      const down = one.y < other.y;
      const [y, v] = down ? [one.y + one.height, other.y] : [one.y, other.y + other.height];
      const middle = (y + v) / 2;
      return { edge, quiet: true, path: `M${point(x, y)}C${point(x, middle)} ${point(u, middle)} ${point(u, v)}` };
    });
}

/** ELK's bends of a spline are the control points of cubic curves, three for each. */
function spline(edge: ElkExtendedEdge | undefined, dx: number, dy: number): string {
  const [section] = edge?.sections ?? [];
  if (section === undefined) return "";
  const [start, ...bends] = [section.startPoint, ...(section.bendPoints ?? []), section.endPoint].map(({ x, y }) =>
    point(x + dx, y + dy),
  );
  const curves = [];
  for (let at = 0; at + 2 < bends.length; at += 3) curves.push(`C${bends.slice(at, at + 3).join(" ")}`);
  return `M${start!}${curves.length > 0 ? curves.join("") : `L${bends.at(-1)!}`}`;
}

const point = (x: number, y: number): string => `${String(Math.round(x * 10) / 10)} ${String(Math.round(y * 10) / 10)}`;
