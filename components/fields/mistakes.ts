import { closest, distance } from "fastest-levenshtein";
import type { z } from "zod";

/** One mistake: where it is, what was given, what is allowed. */
export interface Mistake {
  /** Path in the stack file, such as `lakehouse:nodes[1].memory`. */
  readonly path: string;
  readonly message: string;
}

/** Invalid settings. The message has one line per mistake; a stack trace adds nothing. */
export class SettingsError extends Error {
  constructor(
    readonly mistakes: readonly Mistake[],
    readonly source = "settings",
  ) {
    super(linesOf(mistakes, source).join("\n"));
    this.name = "SettingsError";
  }

  /** A line for each mistake, with its source. */
  get lines(): readonly string[] {
    return linesOf(this.mistakes, this.source);
  }
}

const linesOf = (mistakes: readonly Mistake[], source: string): string[] =>
  mistakes.map(({ path, message }) => `${source}: ${path}: ${message}`);

type Path = readonly PropertyKey[];

/** `["nodes", 1, "memory"]` → `lakehouse:nodes[1].memory`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, key, index) => {
    if (typeof key === "number") return `${text}[${String(key)}]`;
    return index === 0 ? `lakehouse:${String(key)}` : `${text}.${String(key)}`;
  }, "");
}

/** A text without what nobody but its owner may read: user and password of a URL, private keys. */
export const withoutSecrets = (text: string): string =>
  text.includes("PRIVATE KEY") ? PRIVATE : text.replace(/:\/\/[^\s"]*@/g, "://[hidden]@");

const PRIVATE = "a private key, which is not shown";

/** A value as it was given, cut to one line and without secrets: user and password of a URL, private keys. */
export function shownValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string" && value.includes("PRIVATE KEY")) return PRIVATE;
  const text = withoutSecrets(JSON.stringify(value));
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** `; did you mean 'memory'?` when a known word is close enough to be meant. */
export function suggestion(word: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const nearest = closest(word, known);
  return distance(word, nearest) <= Math.max(2, Math.floor(word.length / 3)) ? `; did you mean '${nearest}'?` : "";
}

/** Words of a list for a message, bounded. */
function list(words: readonly string[]): string {
  return words.length <= 15 ? words.join(", ") : `${words.slice(0, 15).join(", ")}, ...`;
}

function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined,
    input,
  );
}

/**
 * The mistakes behind one issue of the schema library, in this project's words.
 * @param keysAt the keys of a section, for the nearest spelling
 */
export function explain(issue: z.core.$ZodIssue, input: unknown, keysAt: (path: Path) => readonly string[]): Mistake[] {
  const path = pathText(issue.path);
  const value = valueAt(input, issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(issue.path);
    return issue.keys.map((key) => ({
      path: pathText([...issue.path, key]),
      message: `unknown setting${suggestion(key, known)}${known.length > 0 ? `; allowed: ${list(known)}` : ""}`,
    }));
  }
  if (issue.code === "invalid_key") {
    return [
      {
        path,
        message: `'${String(issue.path.at(-1))}' is not allowed as a name; allowed: ${issue.issues[0]?.message ?? "a name"}`,
      },
    ];
  }
  if (
    issue.code === "invalid_union" &&
    issue.errors.length > 0 &&
    issue.discriminator === undefined &&
    issue.message === "Invalid input"
  ) {
    const first = issue.errors.flat()[0];
    return [{ path, message: `given ${shownValue(value)}; allowed: ${first?.message ?? "another value"}` }];
  }
  if (value === undefined) return [{ path, message: `missing; allowed: ${allowed(issue)}` }];
  const close =
    issue.code === "invalid_value" && typeof value === "string" ? suggestion(value, issue.values.map(String)) : "";
  return [{ path, message: `given ${shownValue(value)}; allowed: ${allowed(issue)}${close}` }];
}

const TYPES: Readonly<Record<string, string>> = {
  object: "a section (key: value lines)",
  record: "a section (key: value lines)",
  array: "a list",
  string: "text",
  number: "a number",
  boolean: "true or false",
};

/** What is allowed: the schema's own words, or plain words for the library's types. */
function allowed(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type" && issue.message.startsWith("Invalid input"))
    return TYPES[issue.expected] ?? issue.expected;
  if (issue.code === "too_small" && issue.message.startsWith("Too small")) return `at least ${String(issue.minimum)}`;
  if (issue.code === "too_big" && issue.message.startsWith("Too big")) return `at most ${String(issue.maximum)}`;
  return issue.message;
}
