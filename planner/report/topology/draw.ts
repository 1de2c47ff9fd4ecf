import type { Plan } from "../../plan";
import { edgesOf, OUTSIDE, ports, type Topology } from "../../topology";
import { list } from "../format";
import { html, type Html } from "../html-escape";
import type { Box, Drawing } from "./layout";

/** Id of the element that lists a system's links. */
export const anchor = (system: string): string => `links-of-${system}`;

/** Names for people: a network policy of a whole namespace calls its pods `all`. */
export const label = (system: string): string => (system === "all" ? "all pods" : system);

/** A drawing as SVG. Systems are links to their lists, so that it works by keyboard, and without the script too. */
export function svg(drawing: Drawing, graph: Topology, plan: Plan, kind: "wide" | "narrow"): Html {
  const { width, height } = drawing;
  const lanes = drawing.lanes.map(
    (lane) =>
      html`<g class="lane">
        <rect ${box(lane)} rx="10" />
        <text x="${lane.x + 12}" y="${lane.y + (kind === "wide" ? lane.height / 2 + 4 : 15)}">${lane.name}</text>
      </g>`,
  );
  const ways = drawing.edges.map(({ edge, path, quiet }) => {
    const title = `${label(edge.client)} → ${label(edge.server)}: ${list(ports(edge))}`;
    return html`<g class="edge${quiet ? " quiet" : ""}" data-client="${edge.client}" data-server="${edge.server}">
      <title>${title}</title>
      <path class="hit" d="${path}" />
      <path class="line" d="${path}" />
    </g>`;
  });
  const systems = drawing.systems.map((system) => node(system, graph, plan));
  return html`<svg
    class="${kind}"
    viewBox="0 0 ${width} ${height}"
    style="max-width:${Math.round(width * 1.15)}px"
    role="group"
    aria-label="Systems by layer, and links between them"
  >
    <g aria-hidden="true">${lanes}${ways}</g>
    ${systems}
  </svg>`;
}

function node({ name, ...of }: Box & { readonly name: string }, graph: Topology, plan: Plan): Html {
  const doors = [...new Set((plan.doors ?? []).filter(({ system }) => system === name).map(({ kind }) => kind))];
  const layer = plan.systems?.find((system) => system.name === name)?.layer ?? OUTSIDE;
  const { to, from } = edgesOf(name, graph);
  // What is written on it comes first, so that it can be chosen by voice.
  const words = [
    [label(name), doors.join(" · ")].join(" ").trim(),
    `layer ${layer}`,
    `connects to ${to.length === 0 ? "nothing" : list(to.map(({ server }) => label(server)))}`,
    `is reached by ${from.length === 0 ? "nothing" : list(from.map(({ client }) => label(client)))}`,
  ];
  const x = of.x + of.width / 2;
  const middle = of.y + of.height / 2;
  return html`<a
    class="system${layer === OUTSIDE ? " outside" : ""}"
    href="#${anchor(name)}"
    data-system="${name}"
    aria-label="${words.join("; ")}"
  >
    <rect ${box(of)} rx="8" />
    <text x="${x}" y="${doors.length === 0 ? middle + 4.5 : middle - 2}">${label(name)}</text>
    ${doors.length === 0 ? html`` : html`<text class="kinds" x="${x}" y="${middle + 13}">${doors.join(" · ")}</text>`}
  </a>`;
}

const box = ({ x, y, width, height }: Box): Html => html`x="${x}" y="${y}" width="${width}" height="${height}"`;
