import type { GrantReport, Plan } from "../../plan";
import { type Edge, edgesOf, type Flow, OUTSIDE, topology, type Topology } from "../../topology";
import { plural } from "../format";
import { html, type Html } from "../html-escape";
import { anchor, label, svg } from "./draw";
import { narrowDrawing, wideDrawing } from "./layout";

/** The topology: a drawing, and the links of each system as lists, of which the script shows the chosen one alone. */
export async function topologySection(plan: Plan): Promise<Html> {
  const graph = topology(plan);
  if (graph.edges.length === 0) return html``;
  const wide = await wideDrawing(graph);
  const names = graph.lanes.flatMap(({ systems }) => systems);
  return html`<section id="topology" class="topology">
    <h2>
      Topology <small>systems by layer; a line for each pair that links connect, everything else is denied</small>
    </h2>
    <div class="board">
      <div class="drawing">${svg(wide, graph, plan, "wide")}${svg(narrowDrawing(graph), graph, plan, "narrow")}</div>
      <div class="panel">
        <button type="button" class="close">Close</button>
        <p class="hint">
          Choose a system, by pointer or keyboard, to see its ways: <span class="to">to what it uses</span>,
          <span class="from">from who uses it</span>. Ways to and from “${OUTSIDE}” appear then too.
        </p>
        ${names.map((name) => details(name, graph, plan))}
      </div>
    </div>
  </section>`;
}

function details(name: string, graph: Topology, plan: Plan): Html {
  const system = plan.systems?.find((one) => one.name === name);
  const { to, from, within } = edgesOf(name, graph);
  const doors = (plan.doors ?? []).filter((door) => door.system === name);
  const grants = (plan.grants ?? []).filter((grant) => grant.system === name);
  return html`<article id="${anchor(name)}" data-of="${name}" tabindex="-1">
    <h3>${label(name)} <small>${system?.layer ?? OUTSIDE}</small></h3>
    ${system === undefined ? html`` : html`<p class="soft">${system.summary}</p>`}
    ${doors.map(({ name: door, kind, open }) => html`<p class="door"><b>${door}</b> <span class="tag">${kind}</span> <code>${open}</code></p>`)}
    ${rights(grants)} ${group("to", "Uses", to, ({ server }) => server)}
    ${group("from", "Used by", from, ({ client }) => client)}
    ${group("within", "Among its own pods", within, () => undefined)}
    ${to.length + from.length + within.length > 0 ? html`` : html`<p class="soft">No link.</p>`}
  </article>`;
}

/** What it may do in which bucket, or in which part of one. */
function rights(grants: readonly GrantReport[]): Html {
  if (grants.length === 0) return html``;
  return html`<h4>Granted <small>in the object store</small></h4>
    <ul class="flows">
      ${grants.map(
        ({ user, bucket, prefix = "", level }) =>
          html`<li>${user} <span class="tag">${level}</span> <code>${bucket}/${prefix}</code></li>`,
      )}
    </ul>`;
}

function group(kind: string, title: string, edges: readonly Edge[], other: (edge: Edge) => string | undefined): Html {
  if (edges.length === 0) return html``;
  const count = edges.reduce((sum, { flows }) => sum + flows.length, 0);
  return html`<h4 class="${kind}">${title} <small>${plural(count, "link")}</small></h4>
    <ul class="flows">
      ${edges.map((edge) => {
        const peer = other(edge);
        return html`<li>
          ${peer === undefined ? html`` : html`<a href="#${anchor(peer)}" data-system="${peer}">${label(peer)}</a>`}
          <ul>
            ${edge.flows.map(flow)}
          </ul>
        </li>`;
      })}
    </ul>`;
}

function flow({ from, to, port, protocol, policies }: Flow): Html {
  return html`<li>
    ${from} → ${to} <b>${protocol} ${port}</b>
    ${policies.map((policy) => html`<br /><code class="soft">${policy}</code>`)}
  </li>`;
}
