import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The browser of this machine: `CHROMIUM`, or the first on the PATH. */
function browserPath(): string | undefined {
  const { CHROMIUM, PATH = "" } = process.env;
  if (CHROMIUM !== undefined && CHROMIUM !== "") return CHROMIUM;
  return PATH.split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Starts it; undefined where there is none. @param more arguments */
export async function launched(more: readonly string[] = []): Promise<Browser | undefined> {
  const executablePath = browserPath();
  if (executablePath === undefined) return undefined;
  // Chromium's sandbox does not run as root.
  return chromium.launch({ executablePath, args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), ...more] });
}
