import type { Cell } from "../../sandbox/engines/local/duckdb";

/** Values as texts, as Trino's client shows them. */

/**
 * @param absent text of NULL; within lists and maps it is always `NULL`
 * @param perLine bytes of a binary value in one line
 */
export function shown(cell: Cell, absent = "NULL", perLine = 16): string {
  if (cell === null) return absent;
  if (typeof cell !== "object") return String(cell);
  if ("number" in cell) return cell.number;
  if ("bytes" in cell) return hex(cell.bytes, perLine);
  if ("list" in cell) return `[${cell.list.map((each) => shown(each)).join(", ")}]`;
  return `{${cell.map.map(([key, value]) => `${shown(key)}=${shown(value)}`).join(", ")}}`;
}

function hex(bytes: string, perLine: number): string {
  const pairs = bytes.match(/../g) ?? [];
  const lines: string[] = [];
  for (let at = 0; at < pairs.length; at += perLine) lines.push(pairs.slice(at, at + perLine).join(" "));
  return lines.join("\n");
}

export function json(cell: Cell): string {
  if (cell === null || typeof cell !== "object") return JSON.stringify(cell);
  if ("number" in cell) return cell.number;
  if ("bytes" in cell) return JSON.stringify(hex(cell.bytes, Infinity));
  if ("list" in cell) return `[${cell.list.map(json).join(",")}]`;
  return `{${cell.map.map(([key, value]) => member(shown(key), value)).join(",")}}`;
}

export const member = (name: string, cell: Cell): string => `${JSON.stringify(name)}:${json(cell)}`;

/** Columns of the terminal that a text takes: marks that combine take none, wide letters two. */
export function widthOf(text: string): number {
  const plain = text.replace(COLOURS, "");
  return Array.from(plain).reduce((sum, each) => sum + (ZERO.test(each) ? 0 : WIDE.test(each) ? 2 : 1), 0);
}

// Colours of a terminal.
const COLOURS = /\u001b\[[0-9;]*m/g;
const ZERO = /[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;

/** Width of the widest line of a text. */
export const widest = (text: string): number => Math.max(...text.split("\n").map(widthOf));

/** A text with blanks to a width, and one on each side. */
export function padded(text: string, width: number, right: boolean): string {
  const rest = " ".repeat(width - widthOf(text));
  return right ? ` ${rest}${text} ` : ` ${text}${rest} `;
}
