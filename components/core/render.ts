/** Files and scripts that engines read, from plain values: each kind of text has one function that escapes a value for it. */

type Value = string | number | boolean;

/** A Java properties file; keys in the given order. */
export function properties(entries: Readonly<Record<string, Value>>): string {
  return Object.entries(entries)
    .map(([key, value]) => `${escapeProperty(key, "key")}=${escapeProperty(String(value), "value")}\n`)
    .join("");
}

/** A Hadoop configuration file; keys in the given order. */
export function hadoopXml(entries: Readonly<Record<string, Value>>): string {
  const rows = Object.entries(entries).map(
    ([name, value]) =>
      `  <property><name>${escapeXml(name)}</name><value>${escapeXml(String(value))}</value></property>\n`,
  );
  return `<?xml version="1.0"?>\n<configuration>\n${rows.join("")}</configuration>\n`;
}

/**
 * Replaces `{{name}}` in a template of the repository by values.
 * @param what the template is, for the message: "the SQL"
 * @param escape of a value for the place where it stands. @default none
 * @throws Error for a name without a value, and for a value that the template does not use
 */
export function fillTemplate(
  what: string,
  template: string,
  values: Readonly<Record<string, string>>,
  escape = (value: string) => value,
): string {
  const used = new Set<string>();
  const text = template.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${what} has {{${name}}}, for which there is no value`);
    used.add(name);
    return escape(value);
  });
  const unused = Object.keys(values).filter((name) => !used.has(name));
  if (unused.length > 0) throw new Error(`${what} does not use ${unused.join(", ")}`);
  return text;
}

/** JSON as people read it. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/**
 * One word of a POSIX shell: inside single quotes no character has a meaning.
 * @throws RangeError for the one character that no argument can hold
 */
export function shellWord(text: string): string {
  if (text.includes("\0")) throw new RangeError("a word of a shell cannot hold the character NUL");
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Everything that XML 1.0 has no way to write, not even by its number. */
const NOT_XML = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/**
 * The content of an element or an attribute in quotes. Parsers read a bare carriage return as a line feed, and white space
 * of attributes as spaces, so these are written by their numbers.
 * @throws RangeError for characters that XML cannot hold
 */
export function escapeXml(text: string): string {
  const bad = NOT_XML.exec(text)?.[0];
  if (bad !== undefined) throw new RangeError(`XML cannot hold the character ${codePoint(bad)}`);
  return text.replaceAll(
    /[&<>"'\t\n\r]/g,
    (character) => ENTITIES[character] ?? `&#${String(character.codePointAt(0))};`,
  );
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** As `java.util.Properties` writes it: what would end a key, a value or a line, and what Latin-1 lacks, is escaped. */
function escapeProperty(text: string, of: "key" | "value"): string {
  return text.replaceAll(/[^!-~]|[\\:=#!]/g, (unit, index: number) => {
    const named = NAMED[unit];
    if (named !== undefined) return named;
    if (unit === " ") return of === "key" || index === 0 ? "\\ " : unit;
    if (unit < " " || unit > "~") return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
    return of === "key" ? `\\${unit}` : unit;
  });
}

const NAMED: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f" };

const codePoint = (character: string) =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
