import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";

import { parseDocument } from "yaml";

import { suggestion } from "../components/settings/errors";

/** Input that cannot be used: one line per mistake, exit code 2. */
export class InputError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join("\n"));
    this.name = "InputError";
  }
}

/** A stack's configuration as Pulumi's engine hands it to the program. */
export interface StackConfig {
  readonly stack: string;
  /** Name of the file, for messages. */
  readonly file: string;
  /** Text values, JSON where structured, by `<namespace>:<key>`. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys whose value is encrypted: known to the engine only. */
  readonly secretKeys: readonly string[];
}

/** A stack file is a page or two; anything larger is a mistake, and not worth parsing. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads `Pulumi.<stack>.yaml`.
 * @param folder of the Pulumi project
 * @param file another file to read instead
 * @throws InputError
 */
export function readStackFile(folder: string, stack: string, file = join(folder, `Pulumi.${stack}.yaml`)): StackConfig {
  const name = basename(file);
  const fail = (...messages: string[]): never => {
    throw new InputError(messages.map((message) => `${name}: ${message}`));
  };
  if (!existsSync(file)) throw new InputError([missingStack(folder, stack, name)]);
  const { size } = statSync(file);
  if (size > MAX_BYTES) fail(`${String(size)} bytes; allowed: at most ${String(MAX_BYTES)}`);
  const document = parseDocument(readFileSync(file, "utf8"), { prettyErrors: true });
  // The first says what is wrong; what the parser trips over after it is no mistake of its own.
  const [error] = document.errors;
  if (error !== undefined) fail(`not YAML: ${(error.message.split("\n")[0] ?? "").replace(/:$/, "")}`);
  const content: unknown = document.toJS();
  if (!isMap(content) || !isMap(content.config))
    return fail("no settings in it; allowed: a `config:` block with keys such as `lakehouse:nodes`");
  const mistakes: string[] = [];
  const values: Record<string, string> = {};
  const secretKeys: string[] = [];
  for (const [key, value] of Object.entries(content.config)) {
    if (!key.includes(":")) {
      mistakes.push(`${key}: a key without a namespace; did you mean 'lakehouse:${key}'?`);
    } else if (isMap(value) && "secure" in value) {
      secretKeys.push(key);
      values[key] = "[secret]";
    } else {
      values[key] = typeof value === "string" ? value : JSON.stringify(value);
    }
  }
  if (mistakes.length > 0) fail(...mistakes);
  return { stack, file: name, values, secretKeys };
}

/** Stacks of a project, by their files. */
export function stacks(folder: string): string[] {
  return readdirSync(folder)
    .flatMap((name) => /^Pulumi\.([^.]+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();
}

function missingStack(folder: string, stack: string, name: string): string {
  const known = stacks(folder);
  return `no stack '${stack}': ${name} does not exist${suggestion(stack, known)}; allowed: ${known.join(", ")}`;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
