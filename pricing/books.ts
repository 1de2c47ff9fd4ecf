import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";

import { shownValue, suggestion } from "../components/fields/mistakes";
import { type PriceBook, priceBook } from "../planner/prices";
import { InputError, type InputMistake, systemReason } from "../inputs/input-error";
import { PROJECT_FOLDER } from "../inputs/project";
import { Places } from "../inputs/yaml-places";

const FOLDER = join(PROJECT_FOLDER, "planner", "books");

/** Names of the books of prices that come with the project. */
export const bookNames = (): string[] =>
  readdirSync(FOLDER)
    .map((file) => basename(file, ".yaml"))
    .sort();

/**
 * A book of prices.
 * @param named the name of one that comes with the project, or a file that ends in `.yaml`
 * @param folder what the file's path is relative to
 * @param where the flag that names it, or the mistakes of a message about the setting that does
 * @throws InputError with a line for each mistake
 */
export function readBook(
  named: string,
  folder: string,
  where: string | ((message: string) => readonly InputMistake[]),
): PriceBook {
  const wrong = (message: string) =>
    new InputError(typeof where === "string" ? [{ path: where, message }] : where(message));
  const own = /\.ya?ml$/.test(named);
  const file = own ? resolve(folder, named) : join(FOLDER, `${named}.yaml`);
  const known = bookNames();
  if (!own && !known.includes(named))
    throw wrong(
      `given ${shownValue(named)}; allowed: ${known.join(", ")}, or a file such as ./prices.yaml${suggestion(named, known)}`,
    );
  if (!existsSync(file)) throw wrong(`${named} does not exist; allowed: a file of prices`);
  const { content, places } = parsed(file, named);
  const found = priceBook.safeParse(content);
  if (found.success) return found.data;
  throw new InputError(
    found.error.issues
      .flatMap((issue) => mistakes(issue, content))
      .map((one) => ({ file: named, ...places.of(one.path), ...one })),
  );
}

function parsed(file: string, named: string): { readonly content: unknown; readonly places: Places } {
  const fail = (problem: string, mistake: Omit<InputMistake, "message"> = {}): never => {
    throw new InputError([{ file: named, ...mistake, message: `${problem}; allowed: a file of prices` }]);
  };
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      return fail(systemReason(error) ?? `not YAML: ${(error as Error).message}`);
    }
  };
  const text = attempt(() => readFileSync(file, "utf8"));
  const lines = new LineCounter();
  const document = attempt(() => parseDocument(text, { prettyErrors: false, lineCounter: lines }));
  const places = new Places(document, lines);
  const [problem] = document.errors;
  if (problem !== undefined) fail(`not YAML: ${problem.message}`, places.at(problem.pos[0]));
  return { content: attempt<unknown>(() => document.toJS({ maxAliasCount: 0 })), places };
}

function mistakes(issue: z.core.$ZodIssue, content: unknown): { readonly path: string; readonly message: string }[] {
  const at = (path: readonly PropertyKey[]) => path.map(String).join(".");
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      path: at([...issue.path, key]),
      message: "unknown key; prices have no such thing",
    }));
  const value = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key],
    content,
  );
  const allowed = issue.message.startsWith("Invalid input")
    ? "a section (key: value lines) or list of prices"
    : issue.message;
  const path = at(issue.path);
  if (issue.code === "custom") return [{ path, message: `allowed: ${allowed}` }];
  return [{ path, message: `${value === undefined ? "missing" : `given ${shownValue(value)}`}; allowed: ${allowed}` }];
}
