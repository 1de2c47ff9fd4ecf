/** Text that is HTML already. Only `html` makes it from values, so text from a plan is always escaped. */
export class Html {
  constructor(readonly html: string) {}
}

/** A template of HTML; values are escaped unless they are `Html`. Its indentation is left out, which is a third of a page. */
export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  const plain = parts.map((part) => part.replace(/\n\s+/g, "\n"));
  return new Html(plain.reduce((text, part, index) => text + markup(values[index - 1]!) + part));
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
