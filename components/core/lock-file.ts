import { readFileSync, renameSync, writeFileSync } from "node:fs";

/** A file `{ "<key>": { name: value } }` that a command of lakehouse writes, and nobody by hand. */
export interface LockKind {
  /** The key of the file's only section, which also names what is locked. */
  readonly key: "charts" | "images";
  readonly value: RegExp;
  /** An entry in words. */
  readonly entry: string;
}

export type Lock = Readonly<Record<string, string>>;

/** An error that the commands show as bad input: one line, exit code 2. */
export const inputError = (message: string): Error => Object.assign(new Error(message), { name: "InputError" });

/** Nothing is locked where there is no file. @throws InputError when the file is there and is no lock */
export function readLockFile(file: string, { key, value, entry }: LockKind): Lock {
  const text = readIfThere(file)?.toString("utf8");
  if (text === undefined) return {};
  const section = sectionOf(text, key);
  const isRight = (one: unknown) => typeof one === "string" && value.test(one);
  const wrong = section === undefined ? ["its form"] : Object.keys(section).filter((name) => !isRight(section[name]));
  if (wrong.length > 0)
    throw inputError(
      `${file} is not a lock of ${key}: ${wrong.join(", ")}; allowed: { "${key}": { ${entry} } }, as lakehouse ${key} writes it`,
    );
  return section as Lock;
}

export function lockFileText({ key }: LockKind, lock: Lock): string {
  const section = Object.fromEntries(Object.entries(lock).sort(([one], [other]) => (one < other ? -1 : 1)));
  return `${JSON.stringify({ [key]: section }, null, 2)}\n`;
}

export function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Writes atomically, so that no reader sees a part of the file. */
export function writeWhole(file: string, content: Buffer | string): void {
  writeFileSync(`${file}.new`, content);
  renameSync(`${file}.new`, file);
}

function sectionOf(text: string, key: string): Record<string, unknown> | undefined {
  try {
    const section = (JSON.parse(text) as Record<string, unknown>)[key];
    return typeof section === "object" && section !== null && !Array.isArray(section)
      ? (section as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
