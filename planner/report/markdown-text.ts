import { clean, clip, list } from "./format";

/** Most characters of one line, so that a single change cannot fill its section. */
export const LINE = 600;

/** @param open whether it is shown without a click */
export function folded(title: string, body: string, open = false): string {
  return `<details${open ? " open" : ""}><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** The lines that fit into a number of characters, and the number of lines that were left out. */
export function bounded(characters: number, lines: readonly string[], what = "more"): string {
  return written(characters, lines, (line) => line, what);
}

/** The same for items, which are written as long as there is room: thousands of them may be left out. */
export function written<T>(characters: number, items: readonly T[], write: (item: T) => string, what = "more"): string {
  const shown: string[] = [];
  for (let room = characters; shown.length < items.length;) {
    const text = write(items[shown.length]!).trimEnd();
    room -= text.length + 1;
    if (room < 0) break;
    shown.push(text);
  }
  const left = items.length - shown.length;
  return [...shown, ...(left > 0 ? [`\n… ${String(left)} ${what} left out`] : [])].join("\n");
}

/** Code spans that fit into a line. */
export function codes(fields: readonly string[]): string {
  return whole(fields, code);
}

/** The parts that fit into a line. Parts are never cut, because a cut code span would swallow the following text. */
export function whole<T>(parts: readonly T[], write: (part: T) => string): string {
  const shown: string[] = [];
  for (let room = LINE; shown.length < parts.length;) {
    const text = write(parts[shown.length]!);
    room -= text.length + 2;
    if (room < 0) break;
    shown.push(text);
  }
  const left = parts.length - shown.length;
  return list(left > 0 ? [...shown, `… ${String(left)} more`] : shown);
}

/** A code span. Only backticks, and bars in tables, are special inside, so both are replaced. */
export function code(text: string): string {
  return `\`${clip(clean(text), 200).replaceAll("`", "'").replaceAll("|", "¦")}\``;
}

/** Escapes text, so that it makes no Markdown, HTML, mention or issue reference. */
export function prose(text: string, length: number = LINE): string {
  return clip(clean(text), length)
    .replace(/[\\`*_{}[\]()|~!]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[@#]|:\/\//g, "$&\u200b");
}
