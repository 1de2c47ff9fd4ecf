import { existsSync, readFileSync, rmSync } from "node:fs";

import { commandLineOf } from "./processes";

/**
 * Removes a program's pid file unless the process with its number is that program on that folder. Programs check the number only,
 * which after a crash of the machine may belong to another process or to a zombie.
 * @param folder part of the program's command line
 */
export function dropStalePidFile(file: string, program: RegExp, folder: string): void {
  if (!existsSync(file)) return;
  const [number = ""] = readFileSync(file, "utf8").split("\n");
  const line = commandLineOf(Number(number));
  if (line !== undefined && program.test(line) && line.includes(folder)) return;
  rmSync(file, { force: true });
}
