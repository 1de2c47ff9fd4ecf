import { escapeXml } from "../../core/render";

/** An element: its attributes are keys that begin with `@`, a list is the element several times. */
export type Xml = string | number | boolean | { readonly [key: string]: Xml | readonly Xml[] | undefined };

/** A file of ClickHouse's configuration: elements in the order of their keys, undefined ones are left out. */
export const configXml = (content: Exclude<Xml, string | number | boolean>): string =>
  element("clickhouse", content, "");

function element(tag: string, value: Xml, indent: string): string {
  if (typeof value !== "object") return `${indent}<${tag}>${escapeXml(text(value))}</${tag}>\n`;
  const entries = Object.entries(value).filter(
    (entry): entry is [string, Xml | readonly Xml[]] => entry[1] !== undefined,
  );
  const attributes = entries
    .filter(([key]) => key.startsWith("@"))
    .map(([key, given]) => ` ${key.slice(1)}="${escapeXml(text(given))}"`)
    .join("");
  const children = entries.filter(([key]) => !key.startsWith("@"));
  if (children.length === 0) return `${indent}<${tag}${attributes}/>\n`;
  const inner = children.flatMap(([key, given]) => list(given).map((each) => element(key, each, `${indent}  `)));
  return `${indent}<${tag}${attributes}>\n${inner.join("")}${indent}</${tag}>\n`;
}

const isList = (given: Xml | readonly Xml[]): given is readonly Xml[] => Array.isArray(given);
const list = (given: Xml | readonly Xml[]): readonly Xml[] => (isList(given) ? given : [given]);
/** ClickHouse reads `1` and `0` everywhere, `true` in some places only. */
const text = (value: unknown): string => (typeof value === "boolean" ? (value ? "1" : "0") : String(value));

/** An element whose value is a variable of the process. */
export const fromEnv = (variable: string): Xml => ({ "@from_env": variable });
/** An element that the image's own configuration has and the stack does without. */
export const removed: Xml = { "@remove": "remove" };
