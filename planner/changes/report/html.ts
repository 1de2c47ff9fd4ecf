import { html, type Html } from "../../report/html-escape";
import { folded } from "../../report/html-parts";
import type { Plan } from "../../plan";
import { changeCounts } from "../../report/summary";
import type { FieldChange } from "../model";
import { type ChangeGroup, changeGroups, restartText } from "./groups";
import { shapeOf } from "./shape";
import { alike, changeFacts } from "./summary";

/** Changes that are shown without a click. */
const OPEN = 30;

/** What a reviewer must see, as items of a list. Deleted and replaced data is told apart. */
export function harmItems({ changes }: Plan): Html[] {
  const harms = (changes?.harms ?? []).filter(({ text }) => !text.endsWith(" stored data"));
  return alike(harms).map(
    ({ severity, text, resources: [first = "", ...more] }) =>
      html`<li>
        <strong>${severity}</strong> <code>${first}</code> ${more.length > 0 ? `and ${String(more.length)} more` : ""}
        ${text}
      </li>`,
  );
}

/** Every change with its values; empty without a plan to compare with. */
export function changeTable(plan: Plan): Html {
  const { changes } = plan;
  if (changes === undefined) return html``;
  const groups = changeGroups(changes.objects ?? []);
  const facts = changeFacts(changes, plan.cost).map(
    ({ name, parts }) =>
      html`<tr>
        <td><b>${name}</b></td>
        <td>${parts.join(" · ")}</td>
      </tr>`,
  );
  const note = `${changeCounts(plan)}, since ${changes.against}`;
  return folded(
    { title: "Changes", note, open: groups.length <= OPEN },
    html`<table>
      ${facts} ${groups.map(row)}
    </table>`,
  );
}

function row(group: ChangeGroup): Html {
  const { action, losesData, resources, fields } = group;
  return html`<tr${losesData ? html` class="loses"` : html``}><td><span class="tag ${action}">${action}</span></td><td>${resources.map((name) => html`<code>${name}</code> `)} ${losesData ? html`<strong>loses data</strong>` : html``} <span class="soft">${restartText(group)}</span>${fields.map(field)}</td></tr>`;
}

function field(of: FieldChange): Html {
  const path = html`<br /><code class="soft">${of.path}</code>${of.replaces === true ? " forces replacement" : ""}`;
  const shape = shapeOf(of);
  if (shape.kind === "lines")
    return html`${path}${shape.lines.map(({ sign, text }) => (sign === "+" ? html`<br /><ins>${text}</ins>` : html`<br /><del>${text}</del>`))}`;
  const { before, after } = shape;
  return html`${path} ${before === undefined ? html`` : html`<del>${before}</del>`}
  ${after === undefined ? html`` : html`<ins>${after}</ins>`}`;
}
