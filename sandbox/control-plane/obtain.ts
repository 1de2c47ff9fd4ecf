import { execFile, spawn } from "node:child_process";
import { accessSync, constants, mkdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

import { cacheFolder } from "../core/cache";
import { download, PUBLISHED, type Published, Unreachable } from "./download";
import { minorOf, PINS, type Tool, type ToolName, TOOLS, versionOf } from "./tools";

const run = promisify(execFile);

export interface ObtainOptions {
  /** A folder of programs that are used without a check. @default LAKEHOUSE_TOOLS */
  readonly given?: string;
  /** Receives messages about slow steps. @default a line on the standard error */
  readonly say?: (line: string) => void;
  readonly environment?: NodeJS.ProcessEnv;
  /** Where upstream publishes programs. @default upstream's own addresses */
  readonly published?: Published;
}

/** A tool that cannot be obtained; the message says what was tried. Tests that need it count as skipped, not as passed. */
export class MissingTool extends Error {
  override readonly name = "MissingTool";
}

/**
 * Path of a tool. Looked for in the given folder, on the PATH (when its minor version is the pinned one), in the cache;
 * then downloaded from upstream and checked against the published sum, or built from the Go modules pinned in `tools/`.
 */
export async function obtain(name: ToolName, options: ObtainOptions = {}): Promise<string> {
  const { environment = process.env, published = PUBLISHED } = options;
  const { given = environment.LAKEHOUSE_TOOLS, say = (line) => process.stderr.write(`${line}\n`) } = options;
  const tool = TOOLS[name];
  const version = versionOf(tool);
  const inGiven = given === undefined ? undefined : executable(join(given, name));
  if (inGiven !== undefined) return inGiven;
  const onPath = await fromPath(tool, version, environment);
  if (onPath !== undefined) return onPath;
  const kept = join(cacheFolder(environment), "tools", `${tool.pins}-${version}`, name);
  const cached = executable(kept);
  if (cached !== undefined) return cached;
  const begun = underWay.get(kept) ?? make(tool, version, kept, { environment, published, say });
  underWay.set(kept, begun);
  return begun.finally(() => underWay.delete(kept));
}

/** Tools that are being obtained, by their path in the cache: a second request waits for the first. */
const underWay = new Map<string, Promise<string>>();

/** Downloads or builds a tool into the cache. */
async function make(
  tool: Tool,
  version: string,
  kept: string,
  { environment, published, say }: Required<Pick<ObtainOptions, "environment" | "published" | "say">>,
): Promise<string> {
  mkdirSync(join(kept, ".."), { recursive: true });
  const tried: string[] = [];
  if (tool.published !== undefined) {
    try {
      await download(tool, version, kept, published, say);
      return kept;
    } catch (error) {
      // An unreachable server is a reason to build the tool. A wrong checksum is not: it needs a person.
      if (!(error instanceof Unreachable)) throw error;
      tried.push(error.message);
    }
  }
  try {
    await build(tool, version, kept, environment, say);
    return kept;
  } catch (error) {
    tried.push((error as Error).message);
    throw new MissingTool(`${tool.name} ${version} cannot be obtained: ${tried.join("; ")}`);
  }
}

/** Paths of several tools, obtained one after the other: builds use all cores. */
export async function obtainAll<Name extends ToolName>(
  names: readonly Name[],
  options: ObtainOptions = {},
): Promise<Record<Name, string>> {
  const found: [Name, string][] = [];
  for (const name of names) found.push([name, await obtain(name, options)]);
  return Object.fromEntries(found) as Record<Name, string>;
}

function executable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch {
    return undefined;
  }
}

async function fromPath(tool: Tool, version: string, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (tool.says === undefined) return undefined;
  for (const folder of (environment.PATH ?? "").split(delimiter)) {
    const found = executable(join(folder, tool.name));
    if (found === undefined) continue;
    const printed = await run(found, [...tool.says], { timeout: 10_000 }).catch(() => ({ stdout: "" }));
    if (minorOf(printed.stdout) === minorOf(version)) return found;
  }
  return undefined;
}

async function build(
  tool: Tool,
  version: string,
  target: string,
  environment: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<void> {
  const started = Date.now();
  const seconds = () => `${String(Math.round((Date.now() - started) / 1000))} s`;
  say(`building ${tool.name} ${version} from its Go modules, once ...`);
  const progress = setInterval(() => {
    say(`building ${tool.name} ${version} ... ${seconds()}`);
  }, 15_000);
  const flags = ["-s", "-w", ...(tool.stamp?.(version) ?? []).flatMap((value) => ["-X", value])].join(" ");
  const fresh = `${target}.${String(process.pid)}.new`;
  try {
    await go(
      ["build", "-mod=readonly", "-trimpath", "-ldflags", flags, "-o", fresh, tool.program],
      join(PINS, tool.pins),
      environment,
    );
    renameSync(fresh, target);
    say(`built ${tool.name} ${version} in ${seconds()}`);
  } finally {
    clearInterval(progress);
    rmSync(fresh, { force: true });
  }
}

function go(args: readonly string[], cwd: string, environment: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("go", args, { cwd, env: environment, stdio: ["ignore", "ignore", "pipe"] });
    let output = "";
    child.stderr.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4000);
    });
    child.once("error", () => {
      reject(new Error("no Go to build it with"));
    });
    child.once("exit", (code) => {
      const last = output.trim().split("\n").at(-1) ?? "";
      if (code === 0) resolve();
      else reject(new Error(`go build ended with ${String(code)}: ${last}`));
    });
  });
}
