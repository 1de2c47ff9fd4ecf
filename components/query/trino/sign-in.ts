import * as pulumi from "@pulumi/pulumi";

import type { Access } from "../../core/access";
import type { SqlAccess, SqlRights } from "../../core/capabilities";
import type { Endpoint } from "../../core/endpoint";
import { fromSecret } from "../../core/env";
import type { ClientAccess, IdentityProvider } from "../../core/identity";
import { suffixOf } from "../../core/login";
import { hashedPassword, password } from "../../core/password";
import type { Platform } from "../../core/platform";
import { properties } from "../../core/render";
import type { Service } from "../../core/service";
import { clientUsers, type Users } from "../../core/users";
import { type Client, passwordFile, rules, SCRAPER } from "./access";

/** Of which a mounted copy follows by itself: Trino reads passwords and rules again, so nobody's query ends because a person comes. */
const USERS = "users";
const REFRESH = "10s";
const DIRECTORY = "/etc/trino/users";
const FILES = { passwords: "password.db", rules: "rules.json" };

/** What a coordinator has where people and programs sign in, by files that its pods mount. */
export const SIGNED_IN = {
  files: {
    "password-authenticator.properties": properties({
      "password-authenticator.name": "file",
      "file.password-file": `${DIRECTORY}/${FILES.passwords}`,
      "file.refresh-period": REFRESH,
    }),
    "access-control.properties": properties({
      "access-control.name": "file",
      "security.config-file": `${DIRECTORY}/${FILES.rules}`,
      "security.refresh-period": REFRESH,
    }),
  },
  secrets: { [USERS]: `trino-${USERS}` },
  mounts: { [DIRECTORY]: USERS },
};

/** Path of Trino to which browsers come back. */
const REDIRECT_PATH = "/oauth2/callback";
const STATE_KEY = "TRINO_SIGN_IN_STATE";
const CLIENT_SECRET = "TRINO_SIGN_IN_SECRET";
const OAUTH = "http-server.authentication.oauth2";

interface SignInArgs {
  readonly platform: Platform;
  readonly access: Access;
  readonly identity: IdentityProvider | undefined;
  /** Resolves once every client has asked. */
  readonly described: pulumi.Input<readonly object[]>;
  readonly endpoint: Endpoint;
  readonly catalogs: { readonly writable: readonly string[]; readonly readOnly: readonly string[] };
}

/** Users of Trino: people with a generated password each, programs by their grants, and who reads metrics. */
export class SignIn {
  /** Trino as a client of the issuer; undefined where people have passwords at Trino. */
  readonly client: ClientAccess | undefined;
  readonly config: Readonly<Record<string, string | number | boolean>>;
  readonly env: Readonly<Record<string, ReturnType<typeof fromSecret>>>;
  private readonly clients = new Map<string, Users & { readonly rights: SqlRights }>();

  constructor(
    private readonly trino: Service,
    private readonly args: SignInArgs,
  ) {
    const { access, identity, described, catalogs } = args;
    this.client = identity?.client(trino, { redirectPaths: [REDIRECT_PATH] });
    this.config = authentication(identity, this.client);
    if (this.client !== undefined) trino.secret("sign-in", { state: password("trino-sign-in-state", trino, 64) });
    this.env =
      this.client === undefined
        ? {}
        : {
            [CLIENT_SECRET]: fromSecret(this.client.secret, this.client.secretKey),
            [STATE_KEY]: fromSecret("trino-sign-in", "state"),
          };
    const named = this.client === undefined ? Object.entries(access.people) : [];
    const people = named.map(([name, { password: generation }]) => {
      return [name, hashedPassword(`trino-login-${name}${suffixOf(generation)}`, trino, 24)] as const;
    });
    const scraper = hashedPassword("trino-scraper", trino);
    trino.secret("scraper", { username: SCRAPER, password: scraper.value });
    if (people.length > 0) trino.secret("people", Object.fromEntries(people.map(([name, { value }]) => [name, value])));
    const own = Object.fromEntries([...people, [SCRAPER, scraper] as const].map(([name, { hash }]) => [name, hash]));
    const known = pulumi.output(described).apply(() => [...this.clients.values()]);
    const hashes = known.apply((all) =>
      pulumi.all(Object.assign({}, own, ...all.map((client) => client.hashes)) as typeof own),
    );
    trino.secret(USERS, {
      [FILES.passwords]: hashes.apply(passwordFile),
      [FILES.rules]: known.apply(() => rules(access, this.programs(), catalogs)),
    });
  }

  private programs(): Client[] {
    return [...this.clients.values()].map(({ passwords, rights }) => ({ users: Object.keys(passwords), rights }));
  }

  grant(client: Service, rights: SqlRights): SqlAccess {
    const { platform, endpoint } = this.args;
    const alive = platform.logins(client.service);
    const users = clientUsers(this.trino, client, { at: "trino", alive, ahead: true });
    this.clients.set(client.service, { ...users, rights });
    const user = `${client.service}${alive[0].suffix}`;
    const password = users.passwords[user];
    if (password === undefined) throw new Error(`${user} has no password at Trino`);
    return { endpoint, login: { ...users.keys, user, password } };
  }
}

/** Programs sign in by passwords in any case; people do so at the issuer, where Trino is a client of one. */
function authentication(identity: IdentityProvider | undefined, client: ClientAccess | undefined) {
  if (identity === undefined || client === undefined) return { "http-server.authentication.type": "PASSWORD" };
  const { issuer, endpoints, userClaim } = identity;
  return {
    "http-server.authentication.type": "OAUTH2,PASSWORD",
    "web-ui.authentication.type": "oauth2",
    // What is in front of it says by which URL people came.
    "http-server.process-forwarded": true,
    [`${OAUTH}.issuer`]: issuer,
    [`${OAUTH}.client-id`]: client.id,
    [`${OAUTH}.client-secret`]: `\${ENV:${CLIENT_SECRET}}`,
    [`${OAUTH}.scopes`]: "openid",
    [`${OAUTH}.principal-field`]: userClaim,
    [`${OAUTH}.state-key`]: `\${ENV:${STATE_KEY}}`,
    ...(endpoints === undefined
      ? // A token is read by the issuer's keys, and nobody is asked about it.
        { [`${OAUTH}.oidc.discovery`]: true, [`${OAUTH}.oidc.use-userinfo-endpoint`]: false }
      : {
          [`${OAUTH}.oidc.discovery`]: false,
          [`${OAUTH}.auth-url`]: endpoints.authorization,
          [`${OAUTH}.token-url`]: endpoints.token,
          [`${OAUTH}.jwks-url`]: endpoints.jwks,
          [`${OAUTH}.end-session-url`]: endpoints.endSession,
        }),
  };
}
