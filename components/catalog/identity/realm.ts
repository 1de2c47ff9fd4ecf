import type { Access } from "../../core/access";
import type { IdentitySettings } from "./settings";

/** What Keycloak has of the settings, in the form of its admin interface. Pure; without secrets. */

export const GROUPS_CLAIM = "groups";
export const USER_CLAIM = "preferred_username";

const HOUR = 3600;
const DAY = 24 * HOUR;

/** The realm, names of groups, and people with the generation of their first password. */
export const realmFile = ({ sessionHours }: Pick<IdentitySettings, "sessionHours">, { people, groups }: Access) => ({
  realm: {
    enabled: true,
    displayName: "Lakehouse",
    sslRequired: "all",
    registrationAllowed: false,
    resetPasswordAllowed: false,
    rememberMe: false,
    loginWithEmailAllowed: false,
    duplicateEmailsAllowed: true,
    // Ten wrong passwords lock a name for a while that grows.
    bruteForceProtected: true,
    failureFactor: 10,
    passwordPolicy: "length(12) and notUsername(undefined)",
    accessTokenLifespan: 300,
    ssoSessionIdleTimeout: sessionHours * HOUR,
    ssoSessionMaxLifespan: sessionHours * HOUR,
    // Who has signed in where, and what administrators have changed, for a month.
    eventsEnabled: true,
    eventsExpiration: 30 * DAY,
    adminEventsEnabled: true,
  },
  groups: Object.keys(groups).toSorted(),
  people: Object.fromEntries(
    Object.entries(people).map(([name, person]) => [
      name,
      { groups: [...new Set(person.groups)].toSorted(), password: person.password },
    ]),
  ),
});

const mapper = (name: string, protocolMapper: string, config: Readonly<Record<string, string>>) => ({
  name,
  protocol: "openid-connect",
  protocolMapper,
  config,
});

interface ClientFacts {
  readonly id: string;
  readonly secret: string;
  /** Without a `/` at the end. */
  readonly url: string;
  readonly redirectPaths: readonly string[];
}

/** A client: people come by their browser and nobody by a password, and browsers go back to these addresses alone. */
export const clientOf = ({ id, secret, url, redirectPaths }: ClientFacts) => ({
  clientId: id,
  secret,
  enabled: true,
  protocol: "openid-connect",
  publicClient: false,
  standardFlowEnabled: true,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  serviceAccountsEnabled: false,
  fullScopeAllowed: false,
  rootUrl: url,
  redirectUris: redirectPaths.map((path) => `${url}${path}`),
  webOrigins: [],
  attributes: { "post.logout.redirect.uris": `${url}/*` },
  // Scopes are the realm's own, among them `basic`, which has `sub`.
  protocolMappers: [
    mapper("groups", "oidc-group-membership-mapper", {
      "claim.name": GROUPS_CLAIM,
      "full.path": "false",
      "id.token.claim": "true",
      "access.token.claim": "true",
      "userinfo.token.claim": "true",
    }),
    // Who checks a token is told for whom it is.
    mapper("audience", "oidc-audience-mapper", {
      "included.client.audience": id,
      "id.token.claim": "false",
      "access.token.claim": "true",
    }),
  ],
});
