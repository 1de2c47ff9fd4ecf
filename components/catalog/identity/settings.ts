import { z } from "zod";

import { SIGN_IN_CLIENTS } from "../../core/identity";
import { originUrl, pageUrl } from "../../fields/addresses";
import { count, dnsSubdomain, mode, section, size } from "../../fields/fields";
import type { Mistake } from "../../fields/mistakes";
import { cidr } from "../../fields/ranges";

const WORD = "a word of letters, digits, '.', '_', '-', ':' and '/'";
const word = z.string({ error: WORD }).regex(/^[A-Za-z0-9._:/-]{1,200}$/, { error: WORD });

const client = section({
  url: originUrl.or(pageUrl).describe("URL at which people open the service, where browsers come back to"),
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
  url: originUrl
    .optional()
    .describe("URL of the stack's own Keycloak for browsers, by https; every token names it as issuer"),
  server: size({ cpu: 0.5, memory: "1536Mi" }).describe("Keycloak: pages of the sign-in, and tokens"),
  connections: count(4, 100).default(20).describe("that all pods have to PostgreSQL at the most; default 20"),
  sessionHours: count(1, 720).default(12).describe("after which people sign in again, in hours; default 12"),
  clients: section(Object.fromEntries(SIGN_IN_CLIENTS.map((name) => [name, client.optional()])) as Clients)
    .prefault({})
    .describe("services that sign people in by it; default none"),
}).prefault({});

type Clients = Record<(typeof SIGN_IN_CLIENTS)[number], z.ZodOptional<typeof client>>;

export type IdentitySettings = z.output<typeof identity>;

const PATH = "lakehouse:catalog.identity";

const missing = (key: string, allowed: string): Mistake => ({
  path: `${PATH}.${key}`,
  message: `not given; allowed: ${allowed}`,
});

/** What each way needs, and what the other alone has. */
export function* check(settings: IdentitySettings): Generator<Mistake> {
  const { mode: way, issuer, cidrs, url, clients } = settings;
  if (way === "off") return;
  const [key, given] = way === "existing" ? (["issuer", issuer] as const) : (["url", url] as const);
  if (given === undefined) yield missing(key, `a URL by https such as https://id.example.org, because it is ${way}`);
  else if (!given.startsWith("https://"))
    yield { path: `${PATH}.${key}`, message: `given ${given}; allowed: a URL by https, since passwords go there` };
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
