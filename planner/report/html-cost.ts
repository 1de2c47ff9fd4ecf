import type { Plan } from "../plan";
import { money, share } from "./format";
import { html, type Html } from "./html-escape";
import { units } from "./summary";

/** The bill by its lines, and the same sum by system. */
export function costSection({ cost }: Plan): Html {
  const amount = (of: number) => money(of, cost.currency);
  const rows = cost.lines.map(
    (line) =>
      html`<tr>
        <td>${line.line}</td>
        <td class="soft">${units(line, cost.currency).join(" + ")}</td>
        <td class="number">${amount(line.monthly)}</td>
      </tr>`,
  );
  const dearest = Math.max(0, ...cost.systems.map(({ monthly }) => monthly));
  const systems = cost.systems.map(
    ({ system, layer, monthly }) =>
      html`<tr>
        <td>${system} <small class="soft">${layer}</small></td>
        <td class="meter">
          <i style="width:${(share(monthly, dearest) * 100).toFixed(1)}%"></i>
        </td>
        <td class="number">${amount(monthly)}</td>
      </tr>`,
  );
  return html`<div class="columns" id="cost">
    <section>
      <h2>Cost by system <small>a month</small></h2>
      <table>
        ${systems}
      </table>
      ${spare(cost)}
    </section>
    <section>
      <h2>Bill <small>a month, price book ${cost.book}, ${cost.currency}</small></h2>
      <table>
        ${rows}
        <tr class="total">
          <td>Total</td>
          <td></td>
          <td class="number">${amount(cost.monthly)}</td>
        </tr>
      </table>
    </section>
  </div>`;
}

function spare({ spare: unused, currency }: Plan["cost"]): Html {
  if (unused === undefined) return html``;
  const { reserved, buffer, free } = unused;
  return html`<p class="note">
    Of it no pod uses ${money(reserved + buffer + free, currency)}: reserved ${money(reserved, currency)}, buffer
    ${money(buffer, currency)}, free ${money(free, currency)}.
  </p>`;
}
