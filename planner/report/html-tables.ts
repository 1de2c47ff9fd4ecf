import { groupName } from "../../components/core/pod-group";
import { by } from "../order";
import type { Plan, ProgramReport } from "../plan";
import { list, nodeNames, plural, sizes } from "./format";
import { html, type Html } from "./html-escape";
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
  return html`<section id="versions">
    <details ${all.length <= OPEN ? html`open` : html``}>
      <summary>
        <h2>
          Versions and licences
          <small>${counts.map(([licence, count]) => `${licence} ${String(count)}`).join(" · ")}</small>
        </h2>
      </summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Versions and licences">
        <table>
          <thead>
            <tr>
              <th scope="col">Program</th>
              <th scope="col">Version</th>
              <th scope="col">Licence</th>
              <th scope="col">Run by</th>
            </tr>
          </thead>
          <tbody>
            ${all.map(program)}
          </tbody>
        </table>
      </div>
    </details>
  </section>`;
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
  const rows = all.map(
    ({ name, system, kind, url, open }) =>
      html`<tr>
        <td>
          <b>${name}</b
          >${system === undefined || system === name ? html`` : html` <small class="soft">of ${system}</small>`}
        </td>
        <td><span class="tag">${kind}</span></td>
        <td><code>${url}</code></td>
        <td><code>${open}</code></td>
      </tr>`,
  );
  return html`<section id="doors">
    <h2>Doors <small>what people and clients from outside reach, each opened by its command</small></h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Doors">
      <table>
        <thead>
          <tr>
            <th scope="col">Door</th>
            <th scope="col">Kind</th>
            <th scope="col">Inside of the cluster</th>
            <th scope="col">Opened by</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
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
  return html`<section>
    <details ${rows.length <= 12 ? html`open` : html``}>
      <summary>
        <h2>Pods <small>${plural(rows.length, "kind")}; GiB and nodes</small></h2>
      </summary>
      <table>
        ${rows}
      </table>
    </details>
  </section>`;
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
  return html`<section id="links">
    <details ${all.length <= 12 ? html`open` : html``}>
      <summary>
        <h2>Links <small>${all.length} allowed, everything else is denied</small></h2>
      </summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Links">
        <table>
          <thead>
            <tr>
              <th scope="col">System</th>
              <th scope="col">From</th>
              <th scope="col">To</th>
              <th scope="col">System</th>
              <th scope="col">Port</th>
              <th scope="col">Network policies</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>
    </details>
  </section>`;
}
