import { join } from "node:path";

import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { PackProcess } from "../preview/pack-process";
import { PolicyPack } from "../preview/policy-pack";
import { PACK_FOLDER } from "../inputs/project";
import type { Recorded } from "../preview/recorder";
import { recorded } from "../test/policy/harness";

/**
 * Time to judge a stack of 2 000 resources over gRPC, as Pulumi's engine does. The stack has copies of homelab's resources, each in
 * its own namespaces, so that stack policies have as much to compare as in a real stack. A pack without policies measures the cost
 * of the protocol.
 */

const RESOURCES = 2000;
const RUNS = 3;
const EMPTY = join(__dirname, "empty-pack");

type Json = Record<string, unknown>;

/** The n-th copy of a resource, with renamed namespaces and references to them. */
function copy(resource: Recorded, index: number, rename: (text: string) => string): Recorded {
  const renamed = (value: unknown): unknown => {
    if (typeof value === "string") return rename(value);
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, renamed(inner)]));
  };
  const request = resource.request.clone();
  const properties = renamed(request.getObject()?.toJavaScript() ?? {}) as Json;
  request.setObject(Struct.fromJavaScript(properties as Parameters<typeof Struct.fromJavaScript>[0]));
  const suffix = `-${String(index)}`;
  const parent = resource.parent === "" ? "" : `${resource.parent}${suffix}`;
  return { ...resource, name: `${resource.name}${suffix}`, urn: `${resource.urn}${suffix}`, parent, request };
}

async function replicated(): Promise<Recorded[]> {
  const all = await recorded("homelab");
  const names = all.filter(({ type }) => type.endsWith(":Namespace")).map(({ name }) => name);
  const pattern = new RegExp(`\\b(${names.join("|")})\\b`, "g");
  const copies: Recorded[] = [];
  for (let index = 0; copies.length < RESOURCES; index++) {
    const rename = (text: string) => text.replace(pattern, (name) => `${name}-${String(index)}`);
    copies.push(...all.map((resource) => copy(resource, index, rename)));
  }
  return copies.slice(0, RESOURCES);
}

/** Seconds from the first request to the last answer. */
async function secondsToJudge(folder: string, resources: readonly Recorded[]): Promise<number> {
  const process = new PackProcess(folder);
  const pack = new PolicyPack(process);
  try {
    await pack.info();
    const start = performance.now();
    await pack.judge(resources);
    return (performance.now() - start) / 1000;
  } finally {
    pack.stop();
  }
}

const median = (values: readonly number[]) => values.toSorted((one, other) => one - other)[values.length >> 1] ?? 0;
const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const resources = await replicated();
  const [empty, full]: number[][] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    empty?.push(await secondsToJudge(EMPTY, resources));
    full?.push(await secondsToJudge(PACK_FOLDER, resources));
  }
  const [bare, seconds] = [median(empty ?? []), median(full ?? [])];
  say(`a pack without policies         ${bare.toFixed(2)} s for ${String(resources.length)} resources`);
  say(`the policy pack                 ${seconds.toFixed(2)} s (goal: under 3 s)`);
  say(`ratio                           ${(seconds / bare).toFixed(2)}`);
}

void main();
