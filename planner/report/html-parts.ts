import { html, type Html } from "./html-escape";

interface Folded {
  readonly title: string;
  readonly note: string | Html;
  /** Shown without a click. */
  readonly open: boolean;
  readonly id?: string;
}

/** A section that a click folds. */
export function folded({ title, note, open, id }: Folded, body: Html): Html {
  return html`<section${id === undefined ? html`` : html` id="${id}"`}>
    <details ${open ? html`open` : html``}>
      <summary>
        <h2>${title} <small>${note}</small></h2>
      </summary>
      ${body}
    </details>
  </section>`;
}

/** A table with heads that scrolls in itself where a page is narrow. @param label its name for screen readers */
export function scrolling(label: string, heads: readonly string[], rows: readonly Html[]): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
