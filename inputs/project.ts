import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

export const PROJECT_FOLDER = join(__dirname, "..");
export const PACK_FOLDER = join(PROJECT_FOLDER, "policies");

/** Folder of a stack's file: the one that the command runs in if it is there, else the project's. Of a stack that is nowhere, it is where others are. */
export function stackFolder(stack: string): string {
  const found = [process.cwd(), PROJECT_FOLDER].find((folder) => existsSync(join(folder, `Pulumi.${stack}.yaml`)));
  return found ?? stacksFolder();
}

/** Names of the stacks that have a file in a folder. */
export function stacks(folder: string): string[] {
  return readdirSync(folder)
    .flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? [])
    .sort();
}

/** Where stacks are looked for: the folder that the command runs in if it has any, else the project's. */
export const stacksFolder = (): string => (stacks(process.cwd()).length > 0 ? process.cwd() : PROJECT_FOLDER);
