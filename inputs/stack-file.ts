import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";

import { LineCounter, parseDocument } from "yaml";

import { type Mistake, suggestion } from "../components/fields/mistakes";
import { InputError, type InputMistake, systemReason } from "./input-error";
import { PROJECT_FOLDER, stacks } from "./project";
import { checkStackName } from "./stack-name";
import { type Place, Places } from "./yaml-places";

/** A stack's configuration, in the form in which Pulumi's engine passes it to the program. */
export interface StackConfig {
  readonly stack: string;
  /** Name of the file, for messages. */
  readonly file: string;
  /** Folder of the file, which paths in it are relative to. @default the project's */
  readonly folder?: string;
  /** Values by `<namespace>:<key>`: texts, with JSON for structured values. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys with encrypted values, which only the engine can decrypt. */
  readonly secretKeys: readonly string[];
  /** Where a setting such as `lakehouse:nodes[1].memory` stands in the file. @default nothing is known */
  readonly where?: (path: string) => Place | undefined;
}

/** Mistakes in the settings of a stack, with their places in its file. */
export const mistakesIn = (
  { file, folder = PROJECT_FOLDER, where }: StackConfig,
  mistakes: readonly Mistake[],
): InputMistake[] => mistakes.map((one) => ({ file: shownPath(join(folder, file)), ...where?.(one.path), ...one }));

/** A path relative to the current folder if it is below it, so that editors and terminals open it. */
export function shownPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below === "" || below.startsWith("..") ? path : below;
}

/** Largest stack file that is parsed. Usual files are some KB. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads `Pulumi.<stack>.yaml`.
 * @param folder folder of the Pulumi project
 * @param given another file to read instead
 * @throws InputError
 */
export function readStackFile(folder: string, stack: string, given?: string): StackConfig {
  checkStackName(stack);
  if (given === "") throw new InputError(['--config-file: given ""; allowed: a file of settings']);
  const file = given ?? join(folder, `Pulumi.${stack}.yaml`);
  const name = basename(file);
  const shown = shownPath(file);
  const fail: Fail = (...mistakes) => {
    throw new InputError(
      mistakes.map((one) => ({ file: shown, ...(typeof one === "string" ? { message: one } : one) })),
    );
  };
  if (!existsSync(file)) {
    const missing = given === undefined ? missingStack(folder, stack, name) : `--config-file ${given}: does not exist`;
    throw new InputError([missing]);
  }
  const { content, places } = parsed(read(file, fail), fail);
  if (!isMap(content) || !isMap(content.config))
    return fail("no settings in it; allowed: a `config:` block with keys such as `lakehouse:nodes`");
  const where = (path: string) => places.of(path, "config");
  const mistakes: InputMistake[] = [];
  const values: Record<string, string> = {};
  const secretKeys: string[] = [];
  for (const [key, value] of Object.entries(content.config)) {
    if (!key.includes(":")) {
      const message = `a key without a namespace; did you mean 'lakehouse:${key}'?`;
      mistakes.push({ ...where(key), path: key, message });
    } else if (isMap(value) && "secure" in value) {
      secretKeys.push(key);
      values[key] = "[secret]";
    } else {
      values[key] = typeof value === "string" ? value : JSON.stringify(value);
    }
  }
  if (mistakes.length > 0) fail(...mistakes);
  return { stack, file: name, folder: dirname(file), values, secretKeys, where };
}

type Fail = (...mistakes: (string | Omit<InputMistake, "file">)[]) => never;

/** Reads at most `MAX_BYTES`, because the file may be a device or a pipe without an end. */
function read(file: string, fail: Fail): string {
  const bytes = Buffer.alloc(MAX_BYTES + 1);
  let length = 0;
  try {
    const from = openSync(file, "r");
    try {
      for (let more = -1; more !== 0 && length < bytes.length; length += more)
        more = readSync(from, bytes, length, bytes.length - length, null);
    } finally {
      closeSync(from);
    }
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    fail(`cannot be read: ${reason}; allowed: a file of settings`);
  }
  if (length > MAX_BYTES) fail(`larger than 1 MiB; allowed: at most ${String(MAX_BYTES)} bytes`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length));
  } catch {
    return fail("not text in UTF-8; allowed: YAML");
  }
}

const TOO_DEEP = "nested too deeply; allowed: settings as Pulumi.yaml describes them";
const MAX_DEPTH = 100;
/** Indicators that open nested lists or maps within one line. */
const OPENERS_IN_LINE = new RegExp(`([-?:][ \\t]+){${String(MAX_DEPTH)}}`);

/** Checked before parsing, because the parser's memory grows without bound for a page of brackets. Brackets in texts count too. */
function isNestedTooDeeply(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = Math.max(0, depth + (bracket === "[" || bracket === "{" ? 1 : -1));
    if (depth > MAX_DEPTH) return true;
  }
  return OPENERS_IN_LINE.test(text);
}

/** The content as data, with its aliases resolved, and the places of its parts. */
function parsed(text: string, fail: Fail): { readonly content: unknown; readonly places: Places } {
  if (isNestedTooDeeply(text)) fail(TOO_DEEP);
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      return fail(yamlProblem(error as Error));
    }
  };
  const lines = new LineCounter();
  // `prettyErrors` would copy the surrounding text for each problem, and a text may have as many problems as characters.
  // `merge` reads `<<: *other` as Pulumi's own parser does.
  const document = attempt(() => parseDocument(text, { prettyErrors: false, lineCounter: lines, merge: true }));
  const places = new Places(document, lines);
  // Only the first problem is reported, because later ones usually follow from it.
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) fail({ ...places.at(problem.pos[0]), message: yamlProblem(problem) });
  const content = attempt<unknown>(() => document.toJS());
  // This finds cycles of aliases, which the parser accepts.
  attempt(() => JSON.stringify(content));
  return { content, places };
}

function yamlProblem({ name, message }: Error): string {
  if (message.startsWith("Maximum call stack size exceeded")) return TOO_DEEP;
  if (name === "TypeError") return "a value contains itself by an alias; allowed: values without cycles";
  return `not YAML: ${message.split("\n")[0] ?? ""}`;
}

function missingStack(folder: string, stack: string, name: string): string {
  const known = stacks(folder);
  return `no stack '${stack}': ${name} does not exist${suggestion(stack, known)}; allowed: ${known.join(", ")}`;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
