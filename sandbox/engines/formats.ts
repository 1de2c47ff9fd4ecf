/** Reads and sets single values in a format of engines' files, and keeps the rest. */
export interface Format {
  get(text: string, key: string): string | undefined;
  /** Returns the text with the value set; undefined removes the key. */
  set(text: string, key: string, value: string | undefined): string;
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** A format of lines that begin with the key and an optional separator. */
function lines(separator: string): Format {
  const line = (key: string) => new RegExp(`^${escaped(key)}${escaped(separator)}(.*)$`, "m");
  return {
    get: (text, key) => line(key).exec(text)?.[1],
    set(text, key, value) {
      if (value === undefined) return text.replace(new RegExp(`${line(key).source}\n?`, "m"), "");
      const set = `${key}${separator}${value}`;
      if (line(key).test(text)) return text.replace(line(key), () => set);
      return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${set}\n`;
    },
  };
}

/** `key=value`. */
export const properties = lines("=");

/** One argument a line, as in `jvm.config`; the key is the start of the line, such as `-Xmx`. */
export const flags = lines("");

/** Hadoop's XML. */
export const hadoopXml: Format = {
  get: (text, key) => property(key).exec(text)?.[1]?.replaceAll("&amp;", "&"),
  set(text, key, value) {
    const set =
      value === undefined
        ? ""
        : `<property><name>${key}</name><value>${value.replaceAll("&", "&amp;")}</value></property>`;
    if (property(key).test(text)) return text.replace(property(key), () => set);
    return text.replace("</configuration>", () => `  ${set}\n</configuration>`);
  },
};

const property = (key: string) => new RegExp(`<property><name>${escaped(key)}</name><value>([^<]*)</value></property>`);

/** JSON whose keys are the top-level ones. */
export const json: Format = {
  get(text, key) {
    const value = (JSON.parse(text) as Record<string, unknown>)[key];
    return value === undefined ? undefined : JSON.stringify(value);
  },
  set(text, key, value) {
    const content = JSON.parse(text) as Record<string, unknown>;
    content[key] = value === undefined ? undefined : JSON.parse(value);
    return JSON.stringify(content, null, 2);
  },
};
