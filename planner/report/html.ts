import { createHash } from "node:crypto";

import { changeTable, harmItems } from "../changes/report/html";
import type { Plan, ResourceChange } from "../plan";
import { violations } from "../verdict";
import { clean, gib, money, nodeNames, plural } from "./format";
import { costSection } from "./html-cost";
import { Html, html } from "./html-escape";
import { nodes } from "./html-nodes";
import { folded } from "./html-parts";
import { STYLE } from "./html-style";
import { doors, links, pods, programs } from "./html-tables";
import { adviceTexts } from "./advice";
import { changeCounts, costChange, dataLosses, headline, lossText, shortfalls } from "./summary";
import { SCRIPT } from "./topology/script";
import { topologySection } from "./topology/section";
import { TOPOLOGY_STYLE } from "./topology/style";

/** What the page may do: show its own styles, and run its own script. Nothing is loaded, and no text of a plan can run. */
const POLICY = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`;
const SCRIPT_ELEMENT = new Html(`<script>${SCRIPT}</script>`);

/** The plan as one HTML page that loads nothing: no fonts, no images, no network. It can be read without its script too. */
export async function renderHtml(plan: Plan): Promise<string> {
  const drawn = await topologySection(plan);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${plan.stack}: ${plan.verdict}</title>
        <style>
          ${STYLE}${TOPOLOGY_STYLE}
        </style>
      </head>
      <body>
        <main>
          <header class="${plan.verdict === "ok" ? "ok" : "bad"}">
            <p class="eyebrow">Plan of stack</p>
            <h1>${plan.stack}</h1>
            <p class="verdict">${headline(plan)}</p>
          </header>
          ${contents(plan)} ${tiles(plan)} ${alerts(plan)} ${nodes(plan.nodes)} ${lostNodes(plan)} ${drawn}
          <div id="changes">${plan.changes === undefined ? created(plan) : changeTable(plan)}</div>
          ${costSection(plan)} ${programs(plan)} ${doors(plan)} ${notes(plan)} ${policies(plan)} ${links(plan)}
          ${pods(plan)}
        </main>
        ${SCRIPT_ELEMENT}
      </body>
    </html> `;
  return page.html;
}

/** Links to the parts of the page. */
function contents({ links: ways, programs: run = [], doors: open = [] }: Plan): Html {
  const parts = [
    ["nodes", "Nodes"],
    ...(ways.length > 0 ? [["topology", "Topology"]] : []),
    ["changes", "Changes"],
    ["cost", "Cost"],
    ...(run.length > 0 ? [["versions", "Versions and licences"]] : []),
    ...(open.length > 0 ? [["doors", "Doors"]] : []),
    ["policies", "Policies"],
    ["links", "Links"],
  ];
  return html`<nav aria-label="Parts of the plan">
    ${parts.map(([id = "", name = ""]) => html`<a href="#${id}">${name}</a> `)}
  </nav>`;
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
  if (losses === undefined) return html``;
  const nodesOf = new Map<string, string[]>();
  for (const loss of losses) {
    const text = lossText(loss) ?? "no pod stays pending";
    nodesOf.set(text, [...(nodesOf.get(text) ?? []), loss.node]);
  }
  return html`<section>
    <h2>While one node is lost</h2>
    <ul>
      ${[...nodesOf].map(([text, names]) => html`<li><b>${nodeNames(names)}</b> ${text}</li>`)}
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

function policies({ policies: report }: Plan): Html {
  const sorted = [...violations(report), ...report.failed.filter(({ level }) => level !== "mandatory")];
  const rows = sorted.map(
    ({ policy, level, resource, field, message }) =>
      html`<tr>
        <td><span class="${level === "mandatory" ? "tag bad" : "tag"}">${level}</span></td>
        <td><strong>${policy}</strong><br /><code>${resource}</code> <code>${field}</code><br />${message}</td>
      </tr>`,
  );
  return html`<section id="policies">
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
  return folded(
    { title: "Changes", note: changeCounts(plan), open: rows.length <= 30 },
    html`<table>
      ${rows}
    </table>`,
  );
}

function codes(fields: readonly string[]): Html[] {
  return fields.map((field) => html`<code class="soft">${clean(field)}</code> `);
}
