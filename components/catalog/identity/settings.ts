import { z } from "zod";

import { type Opened, opened, type PublicDoor } from "../../core/door";
import { SIGN_IN_CLIENTS, type SignInClient } from "../../core/identity";
import { originUrl, pageUrl } from "../../fields/addresses";
import { count, dnsSubdomain, mode, section, size } from "../../fields/fields";
import type { Mistake } from "../../fields/mistakes";
import { cidr } from "../../fields/ranges";
import { SERVICE } from "./pods";

const WORD = "a word of letters, digits, '.', '_', '-', ':' and '/'";
const word = z.string({ error: WORD }).regex(/^[A-Za-z0-9._:/-]{1,200}$/, { error: WORD });

const client = section({
  id: word.optional().describe("name of the client at an existing issuer; default the service's name"),
  secret: dnsSubdomain
    .optional()
    .describe("Secret with the key clientSecret in the service's namespace, for an existing issuer"),
});

/** Who signs people in. */
export const identity = section({
  mode: mode("off", "existing", "deployed")
    .default("off")
    .describe(
      "sign people in at an existing issuer of OpenID Connect, at a Keycloak of the stack's own, or at each service by itself; default off",
    ),
  issuer: originUrl.or(pageUrl).optional().describe("URL of the existing issuer, by https"),
  cidrs: z
    .array(cidr)
    .default([])
    .describe("addresses of the existing issuer's host, which network policies allow; default none"),
  groupsClaim: word.default("groups").describe("claim of an existing issuer with a person's groups; default groups"),
  userClaim: word
    .default("preferred_username")
    .describe("claim of an existing issuer with a person's name in the settings; default preferred_username"),
  server: size({ cpu: 0.5, memory: "1536Mi" }).describe("Keycloak: pages of the sign-in, and tokens"),
  connections: count(4, 100).default(20).describe("that all pods have to PostgreSQL at the most; default 20"),
  sessionHours: count(1, 720).default(12).describe("after which people sign in again, in hours; default 12"),
  clients: section(Object.fromEntries(SIGN_IN_CLIENTS.map((name) => [name, client.optional()])) as Clients)
    .prefault({})
    .describe("services that sign people in by it; default none"),
}).prefault({});

type Clients = Record<(typeof SIGN_IN_CLIENTS)[number], z.ZodOptional<typeof client>>;

type Written = z.output<typeof identity>;
export type ClientSettings = z.output<typeof client> & { readonly url: string };

/** With the URLs, without a `/` at the end, at which people open Keycloak, whose every token names its URL as issuer, and the services that they come back to. */
export type IdentitySettings = Opened<Omit<Written, "clients">> & {
  readonly clients: Readonly<Partial<Record<SignInClient, ClientSettings>>>;
};

/** @throws Error for a client without a URL: the settings' rules refuse it */
export function withDoors(settings: Written, door: (name: string) => PublicDoor | undefined): IdentitySettings {
  const clients = SIGN_IN_CLIENTS.flatMap((name) => {
    const client = settings.clients[name];
    if (client === undefined) return [];
    const url = door(name)?.url;
    if (url === undefined) throw new Error(`people do not come back to ${name}: it has no door`);
    return [[name, { ...client, url }] as const];
  });
  return { ...opened(settings, door(SERVICE)), clients: Object.fromEntries(clients) };
}

const PATH = "lakehouse:catalog.identity";

const missing = (key: string, allowed: string): Mistake => ({
  path: `${PATH}.${key}`,
  message: `not given; allowed: ${allowed}`,
});

/** What each way needs, and what the other alone has. */
export function* check(settings: Written): Generator<Mistake> {
  const { mode: way, issuer, cidrs, clients } = settings;
  if (way === "off") return;
  if (way === "existing" && issuer === undefined)
    yield missing("issuer", "a URL by https such as https://id.example.org, because it is existing");
  else if (way === "existing" && issuer?.startsWith("https://") === false)
    yield { path: `${PATH}.issuer`, message: `given ${issuer}; allowed: a URL by https, since passwords go there` };
  if (way === "existing" && cidrs.length === 0) yield missing("cidrs", "at least one range of the issuer's addresses");
  for (const name of SIGN_IN_CLIENTS) {
    const client = clients[name];
    if (client === undefined) continue;
    const path = `clients.${name}`;
    if (way === "existing" && client.secret === undefined)
      yield missing(`${path}.secret`, "the name of a Secret with the key clientSecret in the service's namespace");
    for (const own of ["id", "secret"] as const)
      if (way === "deployed" && client[own] !== undefined)
        yield {
          path: `${PATH}.${path}.${own}`,
          message: `given ${client[own]}; allowed: left out, because the stack's own Keycloak makes it`,
        };
  }
}
