import { parse } from "yaml";

import { sha256 } from "../components/core/chart-mirror";
import type { ChartPin } from "../components/core/versions";

/** Fetches a packed chart from its repository, anonymously. */

export interface SourceOptions {
  /** Where a registry of images answers. @default https */
  readonly endpoint?: (registry: string) => string;
  /** For one request, in milliseconds. @default 30 000 */
  readonly timeout?: number;
}

const LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

/** @throws Error that says what is wrong with the repository, in one line */
export async function fetchChart(pin: ChartPin, options: SourceOptions = {}): Promise<Buffer> {
  return pin.repository.startsWith("oci://") ? fromRegistry(pin, options) : fromIndex(pin, options);
}

async function fromIndex({ chart, version, repository }: ChartPin, options: SourceOptions): Promise<Buffer> {
  const base = repository.endsWith("/") ? repository : `${repository}/`;
  const index = parse((await get(new URL("index.yaml", base), options)).toString("utf8"), { schema: "failsafe" }) as {
    readonly entries?: Readonly<
      Record<
        string,
        readonly { readonly version: string; readonly urls: readonly string[]; readonly digest?: string }[]
      >
    >;
  } | null;
  const entry = index?.entries?.[chart]?.find((one) => one.version === version || one.version === `v${version}`);
  if (entry?.urls[0] === undefined) throw new Error(`its index has no ${chart} ${version}`);
  return checked(await get(new URL(entry.urls[0], base), options), entry.digest);
}

async function fromRegistry({ chart, version, repository }: ChartPin, options: SourceOptions): Promise<Buffer> {
  const { endpoint = (registry: string) => `https://${registry}` } = options;
  const [, registry = "", path = ""] = /^oci:\/\/([^/]+)\/?(.*)$/.exec(repository) ?? [];
  const api = `${endpoint(registry)}/v2/${path === "" ? "" : `${path}/`}${chart}`;
  const manifest = JSON.parse(
    (await get(new URL(`${api}/manifests/${version}`), options, { Accept: MANIFEST })).toString("utf8"),
  ) as { readonly layers?: readonly { readonly mediaType: string; readonly digest: string }[] };
  const layer = manifest.layers?.find(({ mediaType }) => mediaType === LAYER);
  if (layer === undefined) throw new Error(`its ${chart}:${version} is not a chart`);
  return checked(await get(new URL(`${api}/blobs/${layer.digest}`), options), layer.digest);
}

function checked(content: Buffer, digest: string | undefined): Buffer {
  const wanted = digest?.replace(/^sha256:/, "");
  if (wanted !== undefined && wanted !== sha256(content))
    throw new Error(`it sent a file with SHA-256 ${sha256(content)}, but says ${wanted}`);
  return content;
}

async function get(
  url: URL,
  { timeout = 30_000 }: SourceOptions,
  headers: Record<string, string> = {},
): Promise<Buffer> {
  let response: Response;
  try {
    response = await fetch(url, { headers, signal: AbortSignal.timeout(timeout) });
    const challenge = response.headers.get("www-authenticate") ?? "";
    if (response.status === 401 && /^bearer /i.test(challenge))
      response = await fetch(url, {
        headers: { ...headers, Authorization: `Bearer ${await token(challenge, timeout)}` },
        signal: AbortSignal.timeout(timeout),
      });
  } catch (error) {
    const { cause, message } = error as Error & {
      readonly cause?: { readonly code?: string; readonly message?: string };
    };
    throw new Error(`${url.host} cannot be reached (${cause?.code ?? cause?.message ?? message})`);
  }
  if (!response.ok) throw new Error(`${url.host} answered ${String(response.status)} for ${url.pathname}`);
  return Buffer.from(await response.arrayBuffer());
}

/** Registries of images give an anonymous token, and answer no request without one. */
async function token(challenge: string, timeout: number): Promise<string> {
  const parameters = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]),
  );
  const url = new URL(parameters.get("realm") ?? "");
  for (const key of ["service", "scope"]) url.searchParams.set(key, parameters.get(key) ?? "");
  const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
  const { token: given, access_token } = (await response.json()) as { token?: string; access_token?: string };
  return given ?? access_token ?? "";
}
