import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Folders that are searched for JDKs after the environment's variables: Debian, macOS, SDKMAN. */
const FOLDERS = [
  "/usr/lib/jvm",
  "/Library/Java/JavaVirtualMachines",
  "/opt/java",
  join(process.env.HOME ?? "/", ".sdkman", "candidates", "java"),
];

/**
 * Home of a JDK whose major version is at least `from` and less than `below`. JAVA_HOME and the JAVA_HOME_<major>_X64 of CI
 * runners come first.
 * @throws Error if this machine has none
 */
export function javaHome(from: number, below: number): string {
  const home = findJava(from, below);
  if (home === undefined) {
    throw new Error(`no JDK from ${from} to below ${below}: install one, or name it by JAVA_HOME_${from}_X64`);
  }
  return home;
}

/** Home of such a JDK; undefined if this machine has none. */
export function findJava(from: number, below: number): string | undefined {
  const named = Object.entries(process.env).flatMap(([key, home]) =>
    key.startsWith("JAVA_HOME") && home !== undefined ? [home] : [],
  );
  const installed = FOLDERS.filter(existsSync).flatMap((folder) =>
    readdirSync(folder).flatMap((name) => [join(folder, name), join(folder, name, "Contents", "Home")]),
  );
  return [...named, ...installed].find((each) => {
    const major = majorOf(each);
    return major !== undefined && major >= from && major < below;
  });
}

function majorOf(home: string): number | undefined {
  const file = join(home, "release");
  if (!existsSync(file) || !existsSync(join(home, "bin", "java"))) return undefined;
  const version = /^JAVA_VERSION="(\d+)/m.exec(readFileSync(file, "utf8"))?.[1];
  return version === undefined ? undefined : Number(version);
}
