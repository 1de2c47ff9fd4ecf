import { parse } from "yaml";

import { isMirrored, type Mirror, MIRROR, sha256 } from "./chart-mirror";
import { inputError } from "./lock-file";
import type { Chart } from "./pins";
import { askFile, askText, inRegistry, type RegistryOptions } from "./registry";

/** Reads charts where they are published: in a repository of charts, or in a registry of images. Anonymously. */

interface Reason {
  readonly reason: string;
}

/** A packed chart's address. */
interface Located {
  readonly url: string;
  /** SHA-256 in hexadecimal digits, where the repository has one. */
  readonly sum?: string;
}

const LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/** The packed chart, or the reason why it cannot be downloaded. */
export async function fetchChart(
  pin: Chart,
  options: RegistryOptions = {},
): Promise<{ readonly file: Buffer } | Reason> {
  const found = await locate(pin, options);
  if ("reason" in found) return found;
  const answer = await askFile(found.url, options);
  if ("reason" in answer) return answer;
  const sum = sha256(answer.file);
  if (found.sum === undefined || found.sum === sum) return answer;
  return { reason: `it sent a file with SHA-256 ${sum}, but says ${found.sum}` };
}

/** Node's own HTTP client ignores these variables, Helm's does not. */
const PROXIES = ["HTTPS_PROXY", "https_proxy"] as const;

/**
 * Checks that each chart outside of the mirror can be downloaded. Without this check Pulumi's plugin fails at the first missing
 * chart, after other registrations, and its message names no remedy. The check is skipped behind a proxy and where
 * `LAKEHOUSE_CHART_CHECK` is `off`.
 * @throws InputError with a line for each chart that cannot be downloaded
 */
export async function requireCharts(
  pins: readonly Chart[],
  { mirror = MIRROR, environment = process.env, ...options }: RequireOptions = {},
): Promise<void> {
  if (environment.LAKEHOUSE_CHART_CHECK === "off" || PROXIES.some((name) => environment[name])) return;
  const lines = await missingCharts(pins, mirror, { timeout: 10_000, pauses: [1000], ...options });
  if (lines.length > 0) throw inputError(lines.join("\n"));
}

export interface RequireOptions extends RegistryOptions {
  /** @default the project's */
  readonly mirror?: Mirror;
  /** @default the process's */
  readonly environment?: NodeJS.ProcessEnv;
}

/** A line for each chart that is neither in the mirror nor in its repository. */
async function missingCharts(pins: readonly Chart[], mirror: Mirror, options: RegistryOptions): Promise<string[]> {
  const asked = pins.filter((pin) => !isMirrored(pin, mirror));
  const lines = asked.map(async (pin) => {
    const found = await locate(pin, options);
    const { chart, version, repository } = pin;
    return "reason" in found
      ? [
          `chart ${chart} ${version} cannot be read from ${repository}: ${found.reason}; run npx lakehouse charts --mirror on a machine that can read it, and copy charts/ and charts.lock.json here`,
        ]
      : [];
  });
  return (await Promise.all(lines)).flat();
}

function locate(pin: Chart, options: RegistryOptions): Promise<Located | Reason> {
  return pin.repository.startsWith("oci://") ? locateInManifest(pin, options) : locateInIndex(pin, options);
}

async function locateInIndex(
  { chart, version, repository }: Chart,
  options: RegistryOptions,
): Promise<Located | Reason> {
  const base = repository.endsWith("/") ? repository : `${repository}/`;
  const answer = await askText(new URL("index.yaml", base).href, options);
  if ("reason" in answer) return answer;
  const index = parsed(answer.text) as { readonly entries?: Readonly<Record<string, readonly Entry[]>> } | null;
  const entry = index?.entries?.[chart]?.find((one) => one.version === version || one.version === `v${version}`);
  const [path] = entry?.urls ?? [];
  if (path === undefined) return { reason: `its index has no ${chart} ${version}` };
  return { url: new URL(path, base).href, ...(entry?.digest === undefined ? {} : { sum: hex(entry.digest) }) };
}

interface Entry {
  readonly version: string;
  readonly urls?: readonly string[];
  readonly digest?: string;
}

/** Every value as a text: a version 1.10 is not the number 1.1. */
function parsed(index: string): unknown {
  try {
    return parse(index, { schema: "failsafe" });
  } catch {
    return null;
  }
}

async function locateInManifest(
  { chart, version, repository }: Chart,
  options: RegistryOptions,
): Promise<Located | Reason> {
  const name = `${repository.slice("oci://".length)}/${chart}`;
  const answer = await askFile(inRegistry(name, `manifests/${version}`, options), { ...options, accept: MANIFEST });
  if ("reason" in answer) return answer;
  const manifest = parsed(answer.file.toString("utf8")) as { readonly layers?: readonly Layer[] } | null;
  const layer = manifest?.layers?.find(({ mediaType }) => mediaType === LAYER);
  if (layer === undefined) return { reason: `its ${chart}:${version} is not a chart` };
  return { url: inRegistry(name, `blobs/${layer.digest}`, options), sum: hex(layer.digest) };
}

interface Layer {
  readonly mediaType: string;
  readonly digest: string;
}

const hex = (digest: string) => digest.replace(/^sha256:/, "");
