import type { NodePlan, Usage } from "../plan";
import { alike } from "./alike";
import { cores, gib, gibNumber, nodeNames, percent, plural, share, short, sizes } from "./format";
import { html, type Html } from "./html-escape";
import { largestGroups, limitMeaning, podCounts, type PodCount } from "./summary";

/** Hues in degrees, in an order in which neighbours differ most. */
const HUES = [200, 320, 140, 35, 265, 175, 0, 85, 230, 290, 110, 55];

/** Cards that are shown without a click. */
const OPEN = 12;

/** A card for each node, with bars for memory and cpu and a legend of its pods. */
export function nodes(all: readonly NodePlan[]): Html {
  const names = largestGroups(all);
  const color = (of: PodCount) =>
    of.existing ? "var(--existing)" : `hsl(${String(HUES[names.indexOf(of.name) % HUES.length])} var(--tone))`;
  const blocks = alike(all);
  const cards = blocks.map(({ node, names: equal }) => {
    const pods = podCounts(node.pods);
    const bar = (label: string, of: "memory" | "cpu", amount: string) =>
      html`<div class="usage">
        <span>${label}</span>
        <div class="bar">${pods.map((pod) => segment(pod, pod.count * pod[of], node[of], color(pod)))}</div>
        <span class="${share(node[of].requested, node[of].limit) >= 0.995 ? "amount full" : "amount"}"
          >${amount} <b>${percent(node[of].requested, node[of].limit)}</b></span
        >
      </div>`;
    return html`<article>
      <h3>
        ${nodeNames(equal)}
        <small>${equal.length === 1 ? node.pool : `${plural(equal.length, "equal node")}, ${node.pool}`}</small>
      </h3>
      ${bar("memory", "memory", `${gibNumber(node.memory.requested)} of ${gib(node.memory.limit)}`)}
      ${bar("cpu", "cpu", `${short(node.cpu.requested)} of ${cores(node.cpu.limit)}`)}
      <ul class="legend">
        ${pods.map((pod) => html`<li><i style="background:${color(pod)}"></i>${pod.name}${pod.existing ? " (existing)" : ""} <b>${sizes(pod.count, pod.memory)}</b></li>`)}
      </ul>
    </article> `;
  });
  return html`<section id="nodes">
    <h2>Nodes <small>requested of the limit (${limitMeaning(all)}); pods in GiB</small></h2>
    <div class="nodes">${cards.slice(0, OPEN)}</div>
    ${
      cards.length <= OPEN
        ? html``
        : html`<details>
            <summary>${plural(cards.length - OPEN, "more block")}</summary>
            <div class="nodes">${cards.slice(OPEN)}</div>
          </details>`
    }
  </section>`;
}

function segment(pod: PodCount, amount: number, usage: Usage, color: string): Html {
  const width = `${(share(amount, usage.limit) * 100).toFixed(3)}%`;
  return html`<i
    style="width:${width};background:${color}"
    title="${pod.name} ${sizes(pod.count, pod.memory)} GiB, ${cores(pod.count * pod.cpu)}"
  ></i>`;
}
