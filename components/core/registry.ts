import { setTimeout as sleep } from "node:timers/promises";

import { DIGEST } from "./image-lock";

/** Asks registries what they have: images by the Docker Registry HTTP API v2, all else by HTTP. Anonymously: no credentials. */

export type Answer = { readonly digest: string } | { readonly reason: string };

export interface RegistryOptions {
  /** Base URL of a registry's API. @default https, Docker Hub under the host of its API */
  readonly endpoint?: (registry: string) => string;
  /** Timeout of one request, in milliseconds. @default 10 000 */
  readonly timeout?: number;
  /** Pauses between attempts, in milliseconds: there is one attempt more than pauses. @default 500, 2000 */
  readonly pauses?: readonly number[];
}

const MANIFESTS = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const apiOf = (registry: string) => `https://${registry === "docker.io" ? "registry-1.docker.io" : registry}`;

/** Worth another attempt: the network, a busy or broken registry. */
class Temporary extends Error {}

/** @param image with registry and tag: `docker.io/trinodb/trino:484` */
export async function askDigest(image: string, options: RegistryOptions = {}): Promise<Answer> {
  const [, registry = "", name = "", tag = ""] = /^([^/]+)\/(.+):([^:/@]+)$/.exec(image) ?? [];
  if (registry === "") return { reason: "not an image with registry and tag" };
  return withRetries(
    async (timeout) => ({ digest: await digestAt(urlOf(registry, name, `manifests/${tag}`, options), timeout) }),
    options,
  );
}

/** Every tag of a repository. @param repository with registry: `docker.io/trinodb/trino` */
export async function askTags(
  repository: string,
  options: RegistryOptions = {},
): Promise<{ readonly tags: readonly string[] } | { readonly reason: string }> {
  const [, registry = "", name = ""] = /^([^/]+)\/(.+)$/.exec(repository) ?? [];
  if (registry === "") return { reason: "not a repository with its registry" };
  return withRetries(async (timeout) => {
    const tags: string[] = [];
    let next: string | undefined = urlOf(registry, name, "tags/list?n=1000", options);
    for (let page = 0; next !== undefined && page < PAGES; page++) {
      const response: Response = await authorized(next, {}, timeout);
      if (response.status === 404) throw new Error("the registry has no such repository (404)");
      if (!response.ok) throw new Error(`the registry answered ${String(response.status)}`);
      const body = (await response.json().catch(() => ({}))) as { tags?: unknown };
      if (!Array.isArray(body.tags)) throw new Error("the registry gave no list of tags");
      tags.push(...body.tags.filter((tag) => typeof tag === "string"));
      const link = /<([^>]+)>;\s*rel="?next"?/.exec(response.headers.get("link") ?? "")?.[1];
      next = link === undefined ? undefined : new URL(link, next).href;
    }
    return { tags };
  }, options);
}

/** A public text file, such as an index of charts. */
export async function askText(
  url: string,
  options: RegistryOptions = {},
): Promise<{ readonly text: string } | { readonly reason: string }> {
  const answer = await askFile(url, options);
  return "file" in answer ? { text: answer.file.toString("utf8") } : answer;
}

/** A public file; with an anonymous token where it is in a registry of images. */
export async function askFile(
  url: string,
  options: RegistryOptions & { readonly accept?: string } = {},
): Promise<{ readonly file: Buffer } | { readonly reason: string }> {
  const headers: Record<string, string> = options.accept === undefined ? {} : { Accept: options.accept };
  return withRetries(async (timeout) => {
    const response = await authorized(url, { headers }, timeout);
    const { host, pathname } = new URL(url);
    if (!response.ok) throw new Error(`${host} answered ${String(response.status)} for ${pathname}`);
    const body = await response.arrayBuffer().catch(() => {
      throw new Temporary(`${host} broke off`);
    });
    return { file: Buffer.from(body) };
  }, options);
}

/** Most pages of a thousand tags each: a bound for a registry that always names a next page. */
const PAGES = 20;

const urlOf = (registry: string, name: string, what: string, { endpoint = apiOf }: RegistryOptions) =>
  `${endpoint(registry)}/v2/${name}/${what}`;

/** @param repository with registry: `quay.io/strimzi-helm/strimzi-kafka-operator`; @param what such as `manifests/1.2.0` */
export function inRegistry(repository: string, what: string, options: RegistryOptions = {}): string {
  const [registry = "", ...name] = repository.split("/");
  return urlOf(registry, name.join("/"), what, options);
}

/** Tries again after a temporary error. */
async function withRetries<T>(
  ask: (timeout: number) => Promise<T>,
  { timeout = 10_000, pauses = [500, 2000] }: RegistryOptions,
): Promise<T | { readonly reason: string }> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask(timeout);
    } catch (error) {
      const pause = error instanceof Temporary ? pauses[attempt] : undefined;
      if (pause === undefined) return { reason: error instanceof Error ? error.message : String(error) };
      await sleep(pause);
    }
  }
}

async function digestAt(url: string, timeout: number): Promise<string> {
  const response = await authorized(url, { method: "HEAD", headers: { Accept: MANIFESTS } }, timeout);
  if (response.status === 404) throw new Error("the registry has no such tag (404)");
  if (!response.ok) throw new Error(`the registry answered ${String(response.status)}`);
  const digest = response.headers.get("docker-content-digest");
  if (digest === null) throw new Error("the registry gave no digest");
  if (!DIGEST.test(digest))
    throw new Error(`the registry gave ${JSON.stringify(digest.slice(0, 80))}, which is no SHA-256 digest`);
  return digest;
}

/** An anonymous request, with a token where the registry requires one. */
async function authorized(
  url: string,
  { headers, ...init }: { readonly method?: string; readonly headers?: Record<string, string> },
  timeout: number,
): Promise<Response> {
  const response = await request(url, { ...init, headers: { ...headers } }, timeout);
  if (response.status !== 401) return response;
  const token = await tokenFor(response.headers.get("www-authenticate") ?? "", timeout);
  return request(url, { ...init, headers: { ...headers, Authorization: `Bearer ${token}` } }, timeout);
}

/** An anonymous token from the realm, service and scope that the registry's challenge names. */
async function tokenFor(challenge: string, timeout: number): Promise<string> {
  const parameters = new Map(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]),
  );
  const realm = parameters.get("realm");
  if (!/^bearer /i.test(challenge) || realm === undefined || !URL.canParse(realm))
    throw new Error("the registry wants a login that is not anonymous (401)");
  const url = new URL(realm);
  for (const key of ["service", "scope"]) {
    const value = parameters.get(key);
    if (value !== undefined) url.searchParams.set(key, value);
  }
  const response = await request(url.href, {}, timeout);
  if (!response.ok) throw new Error(`no anonymous token: ${url.host} answered ${String(response.status)}`);
  const body: unknown = await response.json().catch(() => undefined);
  const { token, access_token } = (body ?? {}) as { token?: unknown; access_token?: unknown };
  const text = token ?? access_token;
  if (typeof text !== "string" || text === "") throw new Error(`no anonymous token: ${url.host} gave none`);
  return text;
}

async function request(url: string, init: RequestInit, timeout: number): Promise<Response> {
  const { host } = new URL(url);
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeout) });
  } catch (error) {
    if (error instanceof Error && error.name === "TimeoutError")
      throw new Temporary(`${host} did not answer within ${String(timeout / 1000)} s`);
    const cause = (error as { cause?: { code?: string } }).cause?.code;
    throw new Temporary(`${host} cannot be reached${cause === undefined ? "" : ` (${cause})`}`);
  }
  if (response.status === 429 || response.status >= 500)
    throw new Temporary(`${host} answered ${String(response.status)}`);
  return response;
}
