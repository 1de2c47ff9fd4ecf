import { groupName } from "../../components/core/pod-group";
import { by } from "../order";
import type { Plan, ProgramReport } from "../plan";
import { whoPasses } from "./doors";
import { list, nodeNames, plural, sizes } from "./format";
import { html, type Html } from "./html-escape";
import { folded, scrolling } from "./html-parts";
import { podCounts } from "./summary";
import { label } from "./topology/draw";

/** Versions and licences of what runs. */
export function programs({ programs: all = [] }: Plan): Html {
  if (all.length === 0) return html``;
  const licences = new Map<string, number>();
  for (const { licence = UNKNOWN } of all) licences.set(licence, (licences.get(licence) ?? 0) + 1);
  const counts = [...licences].toSorted(
    by(
      ([, count]) => -count,
      ([licence]) => licence,
    ),
  );
  const title = "Versions and licences";
  const note = counts.map(([licence, count]) => `${licence} ${String(count)}`).join(" · ");
  return folded(
    { id: "versions", title, note, open: all.length <= OPEN },
    scrolling(title, ["Program", "Version", "Licence", "Run by"], all.map(program)),
  );
}

/** Programs that are shown without a click. */
const OPEN = 30;

const UNKNOWN = "not known";

function program({ kind, name, version, licence, systems, locked }: ProgramReport): Html {
  return html`<tr>
    <td><span class="tag">${kind}</span> <code>${name}</code></td>
    <td><code>${version}</code>${locked === true ? html` <small class="soft">digest locked</small>` : html``}</td>
    <td>${licence ?? html`<span class="full">${UNKNOWN}</span>`}</td>
    <td class="soft">${systems.length === 0 ? "named in the settings" : list(systems)}</td>
  </tr>`;
}

/** What people and clients outside of the cluster reach, and how. */
export function doors({ doors: all = [] }: Plan): Html {
  if (all.length === 0) return html``;
  const rows = all.map((door) => {
    const { name, system, kind, url, open } = door;
    return html`<tr>
      <td>
        <b>${name}</b
        >${system === undefined || system === name ? html`` : html` <small class="soft">of ${system}</small>`}
      </td>
      <td><span class="tag">${kind}</span></td>
      <td><code>${url}</code></td>
      <td><code>${open}</code></td>
      <td>${whoPasses(door)}</td>
    </tr>`;
  });
  return html`<section id="doors">
    <h2>Doors <small>what people and clients from outside reach, each opened by its command</small></h2>
    ${scrolling("Doors", ["Door", "Kind", "Inside of the cluster", "Opened by", "Who may pass"], rows)}
  </section>`;
}

export function pods({ nodes: all }: Plan): Html {
  const groups = podCounts(all.flatMap(({ pods: placed }) => placed)).sort(by(({ name }) => name));
  const rows = groups.map(({ name, count, memory }) => {
    const where = all.filter((node) => node.pods.some((pod) => groupName(pod) === name)).map((node) => node.name);
    return html`<tr>
      <td>${name}</td>
      <td class="number">${sizes(count, memory)}</td>
      <td class="soft">${nodeNames(where)}</td>
    </tr>`;
  });
  return folded(
    { title: "Pods", note: `${plural(rows.length, "kind")}; GiB and nodes`, open: rows.length <= 12 },
    html`<table>
      ${rows}
    </table>`,
  );
}

/** The topology as a table, for those who do not see it. */
export function links({ links: all }: Plan): Html {
  const rows = all.map(
    ({ from, to, port, protocol, client = "", server = "", policies = [] }) =>
      html`<tr>
        <td class="soft">${label(client)}</td>
        <td>${from}</td>
        <td>${to}</td>
        <td class="soft">${label(server)}</td>
        <td class="number">${protocol} ${port}</td>
        <td>${policies.map((policy) => html`<code class="soft">${policy}</code> `)}</td>
      </tr>`,
  );
  const note = `${String(all.length)} allowed, everything else is denied`;
  return folded(
    { id: "links", title: "Links", note, open: all.length <= 12 },
    scrolling("Links", ["System", "From", "To", "System", "Port", "Network policies"], rows),
  );
}
