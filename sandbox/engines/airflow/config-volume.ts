import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes the files of a ConfigMap as the kubelet does: real files in a new folder, and an atomic switch of the link `..data`. */
export function deliver(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  const real = `..${String(readdirSync(folder).filter((name) => /^\.\.\d+$/.test(name)).length + 1)}`;
  mkdirSync(join(folder, real));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, real, name), text);
  symlinkSync(real, join(folder, "..next"));
  renameSync(join(folder, "..next"), join(folder, "..data"));
  const links = readdirSync(folder).filter((name) => !name.startsWith(".."));
  for (const name of links.filter((each) => !(each in files))) rmSync(join(folder, name));
  for (const name of Object.keys(files).filter((each) => !existsSync(join(folder, each)))) {
    symlinkSync(join("..data", name), join(folder, name));
  }
}
