import type { Cell, Column } from "../../sandbox/engines/local/duckdb";
import { member, padded, shown, widest, widthOf } from "./cells";

/** The forms of results, with the text that Trino's client gives to the same values. */

export const FORMS = [
  "ALIGNED",
  "VERTICAL",
  "CSV",
  "TSV",
  "CSV_HEADER",
  "TSV_HEADER",
  "JSON",
  "MARKDOWN",
  "AUTO",
] as const;
export type FormName = (typeof FORMS)[number];

type Row = readonly Cell[];

/** Text of a result, part by part. */
export interface Form {
  /** @param last whether no more rows come */
  readonly rows: (rows: readonly Row[], last: boolean) => string;
  readonly end: () => string;
}

/** @param width columns of the terminal, for AUTO */
export function form(name: FormName, columns: readonly Column[], width = Infinity): Form {
  const names = columns.map((column) => column.name);
  const lines = (line: (values: readonly string[]) => string, header: boolean): Form => {
    let head = header ? line(names) : "";
    const rows = (all: readonly Row[]) => {
      const text = head + all.map((row) => line(row.map((cell) => shown(cell, "", Infinity)))).join("");
      head = "";
      return text;
    };
    return { rows, end: () => rows([]) };
  };
  switch (name) {
    case "CSV":
    case "CSV_HEADER":
      return lines((values) => `${values.map(quoted).join(",")}\n`, name === "CSV_HEADER");
    case "TSV":
    case "TSV_HEADER":
      return lines((values) => `${values.map(escaped).join("\t")}\n`, name === "TSV_HEADER");
    case "JSON":
      return {
        rows: (all) =>
          all.map((row) => `{${row.map((cell, at) => member(names[at] ?? "", cell)).join(",")}}\n`).join(""),
        end: () => "",
      };
    case "MARKDOWN":
      return markdown(columns);
    case "VERTICAL":
      return vertical(names);
    case "ALIGNED":
      return aligned(columns);
    case "AUTO":
      return auto(aligned(columns), vertical(names), width);
  }
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

const ESCAPES: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\\": "\\\\",
};
const escaped = (text: string) => Array.from(text, (each) => ESCAPES[each] ?? each).join("");

function widths(columns: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  return columns.map(({ name }, at) => Math.max(1, widthOf(name), ...rows.map((row) => widest(row[at] ?? ""))));
}

function aligned(columns: readonly Column[]): Form {
  let [count, head] = [0, true];
  const rows = (all: readonly Row[], last: boolean) => {
    count += all.length;
    const texts = all.map((row) => row.map((cell) => shown(cell)));
    const wide = widths(columns, texts);
    const title = columns.map(({ name }, at) => centred(name, wide[at] ?? 0)).join("|");
    const rule = wide.map((each) => "-".repeat(each + 2)).join("+");
    const out = head ? [title, rule] : [];
    head = false;
    for (const row of texts) {
      const parts = row.map((text) => text.split("\n"));
      for (let line = 0; line < Math.max(...parts.map(({ length }) => length)); line++) {
        const cells = columns.map(({ numeric }, at) => {
          const text = padded(parts[at]?.[line] ?? "", wide[at] ?? 0, numeric);
          // A plus says that the value goes on in the next line; a single row needs none.
          return (!last || count > 1) && line + 1 < (parts[at]?.length ?? 0) ? `${text.slice(0, -1)}+` : text;
        });
        out.push(cells.join("|"));
      }
    }
    return out.map((line) => `${line}\n`).join("");
  };
  return { rows, end: () => `${rows([], true)}(${String(count)} row${count === 1 ? "" : "s"})\n` };
}

function centred(name: string, width: number): string {
  const left = Math.floor((width - widthOf(name)) / 2);
  return ` ${" ".repeat(left)}${name}${" ".repeat(width - widthOf(name) - left)} `;
}

function vertical(names: readonly string[]): Form {
  let count = 0;
  const nameWidth = Math.max(0, ...names.map(widthOf));
  const rows = (all: readonly Row[]) => {
    const texts = all.map((row) => row.map((cell) => shown(cell)));
    const valueWidth = Math.max(0, ...texts.flat().map(widest));
    return texts
      .map((row) => {
        const title = `-[ RECORD ${String(++count)} ]`;
        const crossed = nameWidth + 1 >= title.length ? `${title.padEnd(nameWidth + 1, "-")}+` : title;
        const record = row.flatMap((text, at) =>
          text.split("\n").map((line, number) => {
            const name = number === 0 ? (names[at] ?? "") : "";
            return `${name}${" ".repeat(nameWidth - widthOf(name))} | ${line}`;
          }),
        );
        return [crossed.padEnd(nameWidth + valueWidth + 3, "-"), ...record].map((line) => `${line}\n`).join("");
      })
      .join("");
  };
  return { rows, end: () => (count === 0 ? "(no rows)\n" : "") };
}

function markdown(columns: readonly Column[]): Form {
  let head = true;
  const rows = (all: readonly Row[]) => {
    const texts = all.map((row) =>
      row.map((cell) =>
        shown(cell)
          .replace(/[\\`*_{}[\]<>()#+!|]/g, String.raw`\$&`)
          .replaceAll("\n", "<br>"),
      ),
    );
    const wide = widths(columns, texts);
    const line = (values: readonly string[]) =>
      `|${columns.map(({ numeric }, at) => padded(values[at] ?? "", wide[at] ?? 0, numeric)).join("|")}|\n`;
    const rule = columns.map(({ numeric }, at) => ` ${"-".repeat(wide[at] ?? 0)}${numeric ? ":" : " "}`).join("|");
    const title = head ? `${line(columns.map(({ name }) => name))}|${rule}|\n` : "";
    head = false;
    return title + texts.map(line).join("");
  };
  return { rows, end: () => "" };
}

/** The first form, or the second from the first part on that is wider than the terminal. */
function auto(first: Form, second: Form, width: number): Form {
  let now = first;
  return {
    rows(all, last) {
      const text = now.rows(all, last);
      if (now === second || text.indexOf("\n") <= width) return text;
      now = second;
      return now.rows(all, last);
    },
    end: () => now.end(),
  };
}
