import { mkdirSync } from "node:fs";
import { join } from "node:path";

import {
  archiveName,
  chartLockText,
  isMirrored,
  type Mirror,
  MIRROR,
  readChartLock,
  sha256,
} from "../components/core/chart-mirror";
import { fetchChart } from "../components/core/chart-source";
import { writeWhole } from "../components/core/lock-file";
import { filesOf, isKept, keep, type ManifestFile, type ManifestOptions } from "../bootstrap/manifests";
import { bootstrapPins, CANAL, GATEWAY_API, type Manifests } from "../bootstrap/pins";
import { type Chart, isChart } from "../components/core/pins";
import type { RegistryOptions } from "../components/core/registry";
import { allPins } from "../components/pins";

export interface ChartsOptions extends RegistryOptions {
  /** @default all pinned charts */
  readonly pins?: readonly Chart[];
  /** Files that `lakehouse cluster create` installs. @default all of them with all charts, else none */
  readonly manifests?: readonly Manifests[];
  /** @default the project's `charts/` */
  readonly mirror?: Mirror;
}

/** Timeout of one request, in milliseconds. Archives are larger than other answers of registries. */
const TIMEOUT = 60_000;

/**
 * `lakehouse charts`: lists the charts and whether each is in the mirror.
 * @param fetch downloads missing charts too. A chart with a locked checksum must have it, and a failed download writes nothing
 */
export async function chartsCommand(
  fetch: boolean,
  { pins, manifests = pins === undefined ? [CANAL, GATEWAY_API] : [], mirror = MIRROR, ...options }: ChartsOptions = {},
): Promise<{ readonly text: string; readonly complete: boolean }> {
  const lines: string[] = [];
  let complete = true;
  const add = (name: string, { there, text }: State) => {
    complete &&= there;
    lines.push(`${name}: ${text}\n`);
  };
  for (const pin of pins ?? CHARTS())
    add(archiveName(pin), await state(pin, mirror, fetch, { timeout: TIMEOUT, ...options }));
  for (const file of manifests.flatMap((each) => filesOf(each)))
    add(file.name, await fileState(file, fetch, { mirror, timeout: TIMEOUT, ...options }));
  return { text: lines.join(""), complete };
}

/** Those of the stack's systems, and of the cluster below it. */
const CHARTS = () => [...allPins, ...Object.values(bootstrapPins)].filter(isChart).map(({ chart }) => chart);

interface State {
  readonly there: boolean;
  readonly text: string;
}

async function state(pin: Chart, mirror: Mirror, fetch: boolean, options: RegistryOptions): Promise<State> {
  const { repository } = pin;
  if (isMirrored(pin, mirror)) return { there: true, text: "in charts/" };
  if (!fetch)
    return {
      there: false,
      text: `not in charts/, so previews read ${repository}; npx lakehouse charts --mirror fetches it`,
    };
  const reason = await add(pin, mirror, options);
  return { there: reason === undefined, text: reason ?? `fetched from ${repository}` };
}

/** A file that `lakehouse cluster create` installs: its sum is pinned, so it needs no lock. */
async function fileState(file: ManifestFile, fetch: boolean, options: ManifestOptions): Promise<State> {
  if (isKept(file, options.mirror)) return { there: true, text: "in charts/" };
  if (!fetch)
    return {
      there: false,
      text: `not in charts/, so it is read from ${file.url}; npx lakehouse charts --mirror fetches it`,
    };
  const reason = await keep(file, options);
  return { there: reason === undefined, text: reason ?? `fetched from ${new URL(file.url).host}` };
}

/** Downloads a chart into the mirror. @returns the reason if it failed */
async function add(pin: Chart, mirror: Mirror, options: RegistryOptions): Promise<string | undefined> {
  const { repository } = pin;
  const name = archiveName(pin);
  const answer = await fetchChart(pin, options);
  if ("reason" in answer)
    return `${repository} cannot give it: ${answer.reason}; put ${name} into charts/ and its SHA-256 into charts.lock.json`;
  const lock = readChartLock(mirror);
  const wanted = lock[name];
  const sum = sha256(answer.file);
  if (wanted !== undefined && wanted !== sum)
    return `${repository} has another file now: SHA-256 ${sum}, but charts.lock.json says ${wanted}`;
  mkdirSync(mirror.folder, { recursive: true });
  writeWhole(join(mirror.folder, name), answer.file);
  writeWhole(mirror.lockFile, chartLockText({ ...lock, [name]: sum }));
  return undefined;
}
