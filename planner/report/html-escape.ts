/** Text that is markup already. Only `html` makes it, so whatever comes from a plan is escaped. */
export class Html {
  constructor(readonly html: string) {}
}

/** Markup with holes; what fills them is escaped unless it is markup itself. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  return new Html(parts.reduce((text, part, index) => text + markup(values[index - 1]!) + part));
}

function markup(value: string | number | Html | readonly Html[]): string {
  if (value instanceof Html) return value.html;
  if (typeof value === "object") return value.map((one) => one.html).join("");
  return String(value)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
