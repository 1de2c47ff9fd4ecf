/** Files that engines read, from plain values. */

/** A Java properties file; keys in the given order. */
export function properties(entries: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(entries)
    .map(([key, value]) => `${key}=${String(value)}\n`)
    .join("");
}

/** A Hadoop configuration file; keys in the given order. */
export function hadoopXml(entries: Readonly<Record<string, string | number | boolean>>): string {
  const rows = Object.entries(entries).map(
    ([name, value]) =>
      `  <property><name>${escapeXml(name)}</name><value>${escapeXml(String(value))}</value></property>\n`,
  );
  return `<?xml version="1.0"?>\n<configuration>\n${rows.join("")}</configuration>\n`;
}

/** JSON as people read it. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
