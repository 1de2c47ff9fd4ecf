import { changeTable, harmItems } from "../changes/report/html";
import { groupName } from "../../components/core/pod-group";
import type { NodePlan, Plan, ResourceChange } from "../plan";
import { by } from "../order";
import { violations } from "../verdict";
import { clean, gib, list, money, plural, sizes } from "./format";
import { html, type Html } from "./html-escape";
import { nodes } from "./html-nodes";
import { STYLE } from "./html-style";
import { adviceTexts } from "./advice";
import { changeCounts, costChange, dataLosses, headline, lossText, shortfalls, podCounts, units } from "./summary";

/** The plan as one HTML page without scripts, external fonts or images. */
export function renderHtml(plan: Plan): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${plan.stack}: ${plan.verdict}</title>
        <style>
          ${STYLE}
        </style>
      </head>
      <body>
        <main>
          <header class="${plan.verdict === "ok" ? "ok" : "bad"}">
            <p class="eyebrow">Plan of stack</p>
            <h1>${plan.stack}</h1>
            <p class="verdict">${headline(plan)}</p>
          </header>
          ${tiles(plan)} ${alerts(plan)} ${nodes(plan.nodes)}
          <div class="columns">${bill(plan)} ${services(plan.nodes)}</div>
          ${lostNodes(plan)} ${notes(plan)} ${policies(plan)} ${links(plan)}
          ${plan.changes === undefined ? created(plan) : changeTable(plan)}
        </main>
      </body>
    </html> `;
  return page.html;
}

function tiles(plan: Plan): Html {
  const { resources, policies: report, cost } = plan;
  const failed = violations(report).length;
  const advice = report.failed.length - failed;
  const change = costChange(cost);
  const tile = (label: string, value: string, note: string) =>
    html`<div>
      <dt>${label}</dt>
      <dd>${value}</dd>
      <dd class="note">${note}</dd>
    </div>`;
  return html`<dl class="tiles">
    ${tile("Objects", String(resources.total), changeCounts(plan))}
    ${tile("Policies passed", String(report.passed), `${plural(failed, "violation")}, ${plural(advice, "advisory", "advisories")}`)}
    ${tile("A month", money(cost.monthly, cost.currency), change ?? `price book ${cost.book}`)}
    ${tile("Links allowed", String(plan.links.length), "everything else is denied")}
  </dl>`;
}

function alerts(plan: Plan): Html {
  const items = [
    ...dataLosses(plan.resources).map(
      ({ verb, resource, fields }) =>
        html`<li><strong>${verb} data</strong> <code>${resource}</code> ${codes(fields)}</li>`,
    ),
    ...harmItems(plan),
    ...shortfalls(plan.unplaced).map(
      ({ name, count, memory, reason }) =>
        html`<li><strong>${count} × ${name}</strong> of ${gib(memory)}: ${reason}</li>`,
    ),
  ];
  return items.length === 0
    ? html``
    : html`<section class="alert">
        <h2>To look at</h2>
        <ul>
          ${items}
        </ul>
        ${advice(plan)}
      </section>`;
}

function advice(plan: Plan): Html {
  const ways = adviceTexts(plan.advice).map(
    (parts) => html`<li>${parts.map((part, at) => html`${at > 0 ? " and " : ""}<code>${part}</code>`)}</li>`,
  );
  return ways.length === 0
    ? html``
    : html`<h3>What makes it fit${ways.length > 1 ? ", each alone" : ""}</h3>
        <ul>
          ${ways}
        </ul>`;
}

function lostNodes({ losses }: Plan): Html {
  return losses === undefined
    ? html``
    : html`<section>
        <h2>While one node is lost</h2>
        <ul>
          ${losses.map((loss) => html`<li><b>${loss.node}</b> ${lossText(loss) ?? "no pod stays pending"}</li>`)}
        </ul>
      </section>`;
}

function notes({ notes: all = [] }: Plan): Html {
  return all.length === 0
    ? html``
    : html`<section>
        <h2>Notes</h2>
        <ul>
          ${all.map((note) => html`<li>${note}</li>`)}
        </ul>
      </section>`;
}

function bill({ cost }: Plan): Html {
  const amount = (of: number) => money(of, cost.currency);
  const rows = cost.lines.map(
    (line) =>
      html`<tr>
        <td>${line.line}</td>
        <td class="soft">${units(line, cost.currency).join(" + ")}</td>
        <td class="number">${amount(line.monthly)}</td>
      </tr>`,
  );
  return html`<section>
    <h2>Cost a month <small>price book ${cost.book}, ${cost.currency}</small></h2>
    <table>
      ${rows}
      <tr class="total">
        <td>Total</td>
        <td></td>
        <td class="number">${amount(cost.monthly)}</td>
      </tr>
    </table>
  </section>`;
}

function services(all: readonly NodePlan[]): Html {
  const groups = podCounts(all.flatMap(({ pods }) => pods)).sort(by(({ name }) => name));
  const rows = groups.map(({ name, count, memory }) => {
    const where = all.filter(({ pods }) => pods.some((pod) => groupName(pod) === name)).map((node) => node.name);
    return html`<tr>
      <td>${name}</td>
      <td class="number">${sizes(count, memory)}</td>
      <td class="soft">${list(where)}</td>
    </tr>`;
  });
  return html`<section>
    <h2>Pods <small>GiB and nodes</small></h2>
    <table>
      ${rows}
    </table>
  </section>`;
}

function policies({ policies: report }: Plan): Html {
  const sorted = [...violations(report), ...report.failed.filter(({ level }) => level !== "mandatory")];
  const rows = sorted.map(
    ({ policy, level, resource, field, message }) =>
      html`<tr>
        <td><span class="${level === "mandatory" ? "tag bad" : "tag"}">${level}</span></td>
        <td><strong>${policy}</strong><br /><code>${resource}</code> <code>${field}</code><br />${message}</td>
      </tr>`,
  );
  return html`<section>
    <h2>Policies <small>${report.passed} passed</small></h2>
    ${
      rows.length === 0
        ? html`<p class="soft">No finding.</p>`
        : html`<table>
            ${rows}
          </table>`
    }
  </section>`;
}

function links({ links: all }: Plan): Html {
  const rows = all.map(
    ({ from, to, port, protocol }) =>
      html`<tr>
        <td>${from}</td>
        <td class="soft">→</td>
        <td>${to}</td>
        <td class="number">${protocol} ${port}</td>
      </tr>`,
  );
  return html`<section>
    <details ${all.length <= 12 ? html`open` : html``}>
      <summary>
        <h2>Links <small>${all.length} allowed, everything else is denied</small></h2>
      </summary>
      <table>
        ${rows}
      </table>
    </details>
  </section>`;
}

/** Without a plan to compare with, everything is new. */
function created(plan: Plan): Html {
  const { create, change, replace, delete: gone, deletesData = [] } = plan.resources;
  const row = (verb: string, resource: string, fields: readonly string[], loses: boolean) =>
    html`<tr${loses ? html` class="loses"` : html``}><td><span class="tag ${verb}">${verb}</span></td><td><code>${resource}</code> ${loses ? html`<strong>loses data</strong>` : html``}<br>${codes(fields)}</td></tr>`;
  const changed = (verb: string, all: readonly ResourceChange[]) =>
    all.map(({ resource, fields, losesData }) => row(verb, resource, fields, losesData));
  const rows = [
    ...gone.map((resource) => row("delete", resource, [], deletesData.includes(resource))),
    ...changed("replace", replace),
    ...changed("change", change),
    ...create.map((resource) => row("create", resource, [], false)),
  ];
  return html`<section>
    <details ${rows.length <= 30 ? html`open` : html``}>
      <summary>
        <h2>Changes <small>${changeCounts(plan)}</small></h2>
      </summary>
      <table>
        ${rows}
      </table>
    </details>
  </section>`;
}

function codes(fields: readonly string[]): Html[] {
  return fields.map((field) => html`<code class="soft">${clean(field)}</code> `);
}
