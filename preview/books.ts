import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

import type { z } from "zod";
import { parse } from "yaml";

import { shownValue, suggestion } from "../components/fields/mistakes";
import { type PriceBook, priceBook } from "../planner/prices";
import { InputError, systemReason } from "./input-error";
import { PROJECT_FOLDER } from "./project";

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
 * @param where the setting or flag, for messages
 * @throws InputError with a line for each mistake
 */
export function readBook(named: string, folder: string, where: string): PriceBook {
  const own = /\.ya?ml$/.test(named);
  const file = own ? resolve(folder, named) : join(FOLDER, `${named}.yaml`);
  const known = bookNames();
  if (!own && !known.includes(named))
    throw new InputError([
      `${where}: given ${shownValue(named)}; allowed: ${known.join(", ")}, or a file such as ./prices.yaml${suggestion(named, known)}`,
    ]);
  if (!existsSync(file)) throw new InputError([`${where}: ${named} does not exist; allowed: a file of prices`]);
  const content = parsed(file, named);
  const found = priceBook.safeParse(content);
  if (found.success) return found.data;
  throw new InputError(
    found.error.issues.flatMap((issue) => mistakes(issue, content)).map((line) => `${named}: ${line}`),
  );
}

function parsed(file: string, named: string): unknown {
  try {
    return parse(readFileSync(file, "utf8"), { maxAliasCount: 0 });
  } catch (error) {
    const { message } = error as Error;
    throw new InputError([
      `${named}: ${systemReason(error) ?? `not YAML: ${message.split("\n")[0] ?? ""}`}; allowed: a file of prices`,
    ]);
  }
}

function mistakes(issue: z.core.$ZodIssue, content: unknown): string[] {
  const at = (path: readonly PropertyKey[]) => path.map(String).join(".");
  const before = (path: string) => (path === "" ? "" : `${path}: `);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => `${at([...issue.path, key])}: unknown key; prices have no such thing`);
  const value = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | null | undefined)?.[key],
    content,
  );
  const allowed = issue.message.startsWith("Invalid input")
    ? "a section (key: value lines) or list of prices"
    : issue.message;
  if (issue.code === "custom") return [`${before(at(issue.path))}allowed: ${allowed}`];
  return [
    `${before(at(issue.path))}${value === undefined ? "missing" : `given ${shownValue(value)}`}; allowed: ${allowed}`,
  ];
}
