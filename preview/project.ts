import { existsSync } from "node:fs";
import { join } from "node:path";

export const PROJECT_FOLDER = join(__dirname, "..");
export const PACK_FOLDER = join(PROJECT_FOLDER, "policies");

/** Folder of a stack's file: the one that the command runs in if it is there, else the project's. */
export function stackFolder(stack: string): string {
  return existsSync(join(process.cwd(), `Pulumi.${stack}.yaml`)) ? process.cwd() : PROJECT_FOLDER;
}
