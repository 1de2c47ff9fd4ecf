import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

import { InputError } from "../../inputs/input-error";
import { TOOLS } from "../pins";
import { run } from "./run";

export type ToolName = keyof typeof TOOLS;

/** Container engines that kind knows, in the order in which it looks for them. */
const ENGINES = ["docker", "podman", "nerdctl"] as const;

const WHAT_FOR: Readonly<Record<ToolName, string>> = {
  kind: "makes the nodes",
  kubectl: "installs what a cluster needs",
  helm: "installs charts",
  clusterctl: "installs Cluster API",
};

export interface Required {
  readonly tools: readonly ToolName[];
  readonly engine: boolean;
}

/**
 * Looks for everything before anything is made.
 * @throws InputError with a line for each that is missing or too old
 */
export async function requireTools({ tools, engine }: Required, environment = process.env): Promise<void> {
  const lines = await Promise.all([
    ...(engine ? [engineMissing(environment)] : []),
    ...tools.map((name) => missing(name, environment)),
  ]);
  const wrong = lines.flatMap((line) => line ?? []);
  if (wrong.length > 0) throw new InputError(wrong);
}

async function missing(name: ToolName, environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const { version, from } = TOOLS[name];
  if (!isOnPath(name, environment))
    return `${name}: not found; ${WHAT_FOR[name]}; needed: ${version} or later (${from})`;
  const printed = await run(name, ASK[name], { environment }).catch(() => "");
  const found = /\bv?(\d+\.\d+\.\d+)\b/.exec(printed)?.[1];
  if (found === undefined || !isOlder(found, version)) return undefined;
  return `${name}: v${found} found; needed: ${version} or later (${from})`;
}

/** Arguments that print a version. */
const ASK: Readonly<Record<ToolName, readonly string[]>> = {
  kind: ["version"],
  kubectl: ["version", "--client"],
  helm: ["version", "--short"],
  clusterctl: ["version", "-o", "short"],
};

async function engineMissing(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const chosen = environment.KIND_EXPERIMENTAL_PROVIDER;
  const known = ENGINES.filter((name) => chosen === undefined || name === chosen);
  const name = known.find((each) => isOnPath(each, environment));
  if (name === undefined)
    return `no container engine: ${known.join(", ")} not found; nodes are containers; needed: one of them (https://docs.docker.com/engine/install)`;
  const reason = await run(name, ["info"], { environment }).then(
    () => undefined,
    (error: unknown) => (error as Error).message,
  );
  return reason === undefined ? undefined : `${name}: found, but no engine answers; start it (${reason})`;
}

export function isOnPath(name: string, environment: NodeJS.ProcessEnv): boolean {
  return (environment.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function isOlder(found: string, needed: string): boolean {
  const numbers = (text: string) => text.replace(/^v/, "").split(".").map(Number);
  const least = numbers(needed);
  for (const [at, number] of numbers(found).entries()) {
    const other = least[at] ?? 0;
    if (number !== other) return number < other;
  }
  return false;
}
