import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";

import { type Mirror, MIRROR, sha256 } from "../components/core/chart-mirror";
import { readIfThere, writeWhole } from "../components/core/lock-file";
import { askFile, type RegistryOptions } from "../components/core/registry";
import { InputError } from "../inputs/input-error";
import type { Manifests } from "./pins";

/** One file of a project at a tag. */
export interface ManifestFile {
  /** Its name in the mirror: `canal-v3.32.1.yaml`. */
  readonly name: string;
  readonly url: string;
  /** SHA-256 in hexadecimal digits. */
  readonly sum: string;
}

/** Where GitHub serves files of a tag. */
const HOST = "https://raw.githubusercontent.com";

export const filesOf = ({ project, tag, files }: Manifests, host = HOST): ManifestFile[] =>
  Object.entries(files).map(([path, sum]) => ({
    name: basename(path).replace(/\.yaml$/, `-${tag}.yaml`),
    url: `${host}/${project}/${tag}/${path}`,
    sum,
  }));

export interface ManifestOptions extends RegistryOptions {
  /** @default the project's `charts/` */
  readonly mirror?: Pick<Mirror, "folder">;
  /** @default GitHub's */
  readonly host?: string;
}

/** Timeout of one request, in milliseconds. Canal's manifest has 400 KB. */
const TIMEOUT = 60_000;

/**
 * The files as one text: from the mirror, or else downloaded. A file with another sum is never used.
 * @throws InputError with a line for each file that cannot be had
 */
export async function manifestText(manifests: Manifests, options: ManifestOptions = {}): Promise<string> {
  const found = await Promise.all(filesOf(manifests, options.host).map((file) => contentOf(file, options)));
  const wrong = found.flatMap((one) => ("reason" in one ? [one.reason] : []));
  if (wrong.length > 0) throw new InputError(wrong);
  return found.map((one) => ("file" in one ? one.file.toString("utf8") : "")).join("\n---\n");
}

/** Whether the mirror has a file. @throws InputError if it has another one of that name */
export function isKept({ name, sum }: ManifestFile, { folder }: Pick<Mirror, "folder"> = MIRROR): boolean {
  const content = readIfThere(join(folder, name));
  if (content === undefined) return false;
  if (sha256(content) === sum) return true;
  throw new InputError([
    `charts/${name} has SHA-256 ${sha256(content)}; allowed: ${sum}; remove the file and run npx lakehouse charts --mirror`,
  ]);
}

/** Downloads a file into the mirror. @returns the reason if it failed */
export async function keep(file: ManifestFile, options: ManifestOptions = {}): Promise<string | undefined> {
  const answer = await download(file, options);
  if ("reason" in answer) return answer.reason;
  const { folder } = options.mirror ?? MIRROR;
  mkdirSync(folder, { recursive: true });
  writeWhole(join(folder, file.name), answer.file);
  return undefined;
}

type Content = { readonly file: Buffer } | { readonly reason: string };

async function contentOf(file: ManifestFile, options: ManifestOptions): Promise<Content> {
  const { folder } = options.mirror ?? MIRROR;
  if (isKept(file, { folder })) return { file: readIfThere(join(folder, file.name)) ?? Buffer.of() };
  return download(file, options);
}

async function download({ name, url, sum }: ManifestFile, options: ManifestOptions): Promise<Content> {
  const answer = await askFile(url, { timeout: TIMEOUT, ...options });
  if ("reason" in answer)
    return {
      reason: `${name} cannot be read: ${answer.reason}; run npx lakehouse charts --mirror on a machine that can read it, and copy charts/ here`,
    };
  const actual = sha256(answer.file);
  return actual === sum ? answer : { reason: `${url} has SHA-256 ${actual}; allowed: ${sum}` };
}
