import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

import { parse } from "yaml";

import { minorOf, pinned, type Tool } from "./tools";

const run = promisify(execFile);

/** URLs of upstream's programs and their checksums. */
export interface Published {
  /** The list of archives for envtest: etcd, the API server and kubectl of one minor version. */
  readonly envtest: string;
  /** Kubernetes' own releases: one file a program, its sum beside it. */
  readonly release: string;
}

export const PUBLISHED: Published = {
  envtest: "https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml",
  release: "https://dl.k8s.io/release",
};

/** The server does not answer, or has no such file: another source is tried. */
export class Unreachable extends Error {}

/** The downloaded file has another checksum than the published one. */
export class WrongSum extends Error {}

/** Milliseconds for small files, short so that a machine without internet access soon tries another source, and for large files. */
const SOON = 5_000;
export const LARGE = 15 * 60_000;

/** Servers that did not answer: each is tried once, not once for each tool. */
const silent = new Set<string>();

/** Downloads a tool and checks it; the file exists only with the right checksum. */
export async function download(
  tool: Tool,
  version: string,
  target: string,
  published: Published,
  say: (line: string) => void,
): Promise<void> {
  const content =
    tool.published === "envtest"
      ? await fromEnvtest(tool, target, published.envtest, say)
      : await fromRelease(tool, version, published.release, say);
  const fresh = `${target}.${String(process.pid)}.new`;
  writeFileSync(fresh, content);
  chmodSync(fresh, 0o755);
  renameSync(fresh, target);
}

async function fromRelease(tool: Tool, version: string, base: string, say: (line: string) => void): Promise<Buffer> {
  const url = `${base}/${version}/bin/${platform()}/${tool.name}`;
  const sum = (await get(`${url}.sha256`, SOON)).toString("utf8").trim();
  say(`downloading ${tool.name} ${version} ...`);
  return checked(url, await get(url, LARGE), "sha256", sum);
}

interface EnvtestReleases {
  readonly releases: Readonly<Record<string, Readonly<Record<string, { readonly hash: string; selfLink: string }>>>>;
}

/** The newest archive of the API server's pinned minor; it carries an etcd that fits. */
async function fromEnvtest(tool: Tool, target: string, index: string, say: (line: string) => void): Promise<Buffer> {
  const { releases } = parse((await get(index, SOON)).toString("utf8")) as EnvtestReleases;
  const minor = minorOf(pinned("kubernetes", "k8s.io/kubernetes"));
  const version = Object.keys(releases)
    .filter((each) => minorOf(each) === minor)
    .toSorted((one, other) => one.localeCompare(other, "en", { numeric: true }))
    .at(-1);
  const [name, archive] =
    Object.entries(releases[version ?? ""] ?? {}).find(([file]) => file.includes(platform().replace("/", "-"))) ?? [];
  if (name === undefined || archive === undefined) {
    throw new Unreachable(`envtest has no archive of ${String(minor)} for ${platform()}`);
  }
  say(`downloading ${tool.name} in ${name} ...`);
  const content = checked(archive.selfLink, await get(archive.selfLink, LARGE), "sha512", archive.hash);
  const folder = join(dirname(target), `envtest.${String(process.pid)}.new`);
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, name), content);
    await run("tar", ["-xzf", name], { cwd: folder });
    return readFileSync(join(folder, "controller-tools", "envtest", tool.name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checked(url: string, content: Buffer, algorithm: "sha256" | "sha512", expected: string): Buffer {
  const found = createHash(algorithm).update(content).digest("hex");
  if (found !== expected) throw new WrongSum(`${url}: its ${algorithm} is ${found}; published: ${expected}. Refused`);
  return content;
}

export async function get(url: string, within: number): Promise<Buffer> {
  const { origin } = new URL(url);
  if (silent.has(origin)) throw new Unreachable(`${origin} does not answer`);
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(within) });
  } catch {
    silent.add(origin);
    throw new Unreachable(`${origin} does not answer`);
  }
  if (!response.ok) throw new Unreachable(`${url} answers ${String(response.status)}`);
  return Buffer.from(await response.arrayBuffer());
}

/** Platform by Go's names, which upstream's file names contain. */
function platform(): string {
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  return `${process.platform}/${architecture}`;
}
