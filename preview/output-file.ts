import { accessSync, constants, lstatSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { InputError, systemReason } from "../inputs/input-error";

/** A file that takes what a command would print: all of it, or it stays as it is. */
export class OutputFile {
  /** @throws InputError if it cannot be written, so that no work is done in vain */
  constructor(private readonly file: string) {
    const reason = attempt(() => refusal(file));
    if (reason !== undefined) fail(file, reason);
  }

  /** @throws InputError */
  write(text: string): void {
    const reason = attempt(() => {
      put(this.file, text);
      return undefined;
    });
    if (reason !== undefined) fail(this.file, reason);
  }
}

function fail(file: string, reason: string): never {
  const message = `${file === "" ? 'given ""' : `${file}: ${reason}`}; allowed: a file in a folder that is there`;
  throw new InputError([{ path: "--output", message }]);
}

/** @returns what the system says where it refuses */
function attempt(work: () => string | undefined): string | undefined {
  try {
    return work();
  } catch (error) {
    const reason = systemReason(error);
    if (reason === undefined) throw error;
    return `cannot be written: ${reason}`;
  }
}

function refusal(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isDirectory() === true || file === "" || file.endsWith("/")) return "a folder";
  if (found === undefined && lstatSync(file, { throwIfNoEntry: false }) !== undefined) return "a link to nothing";
  if (found?.isFile() === false) return undefined;
  const folder = dirname(found === undefined ? file : realpathSync(file));
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return `${folder} is no folder`;
  accessSync(folder, constants.W_OK);
  if (found !== undefined) accessSync(file, constants.W_OK);
  return undefined;
}

/** Written beside it and renamed, so that no reader sees a part. A device or a pipe is written to; a link stays one. */
function put(file: string, text: string): void {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found?.isFile() === false) {
    writeFileSync(file, text);
    return;
  }
  const target = found === undefined ? file : realpathSync(file);
  const fresh = join(dirname(target), `.${basename(target)}.${String(process.pid)}`);
  try {
    writeFileSync(fresh, text, { mode: found === undefined ? 0o666 : found.mode & 0o777 });
    renameSync(fresh, target);
  } finally {
    rmSync(fresh, { force: true });
  }
}
