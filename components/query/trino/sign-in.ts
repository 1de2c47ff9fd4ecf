import * as pulumi from "@pulumi/pulumi";

import type { Access } from "../../core/access";
import type { SqlAccess, SqlRights } from "../../core/capabilities";
import { issuedSpec } from "../../core/certificates";
import type { Endpoint } from "../../core/endpoint";
import { hashedPassword } from "../../core/password";
import type { Platform } from "../../core/platform";
import { properties } from "../../core/render";
import type { Service } from "../../core/service";
import { clientUsers, type Users } from "../../core/users";
import { type Client, passwordFile, rules, SCRAPER } from "./access";
import { CERTIFICATE, SECURE_PORT } from "./config";

/** Of which a mounted copy follows by itself: Trino reads passwords and rules again, so nobody's query ends because a person comes. */
const USERS = "users";
const REFRESH = "10s";
const DIRECTORIES = { users: "/etc/trino/users", tls: "/etc/trino/tls" };
const FILES = { passwords: "password.db", rules: "rules.json" };

/** What a coordinator has where people and programs sign in, by files that its pods mount. */
export const SIGNED_IN = {
  config: {
    "http-server.authentication.type": "PASSWORD",
    "http-server.https.enabled": true,
    "http-server.https.port": SECURE_PORT,
    "http-server.https.keystore.path": `${DIRECTORIES.tls}/tls-combined.pem`,
  },
  files: {
    "password-authenticator.properties": properties({
      "password-authenticator.name": "file",
      "file.password-file": `${DIRECTORIES.users}/${FILES.passwords}`,
      "file.refresh-period": REFRESH,
    }),
    "access-control.properties": properties({
      "access-control.name": "file",
      "security.config-file": `${DIRECTORIES.users}/${FILES.rules}`,
      "security.refresh-period": REFRESH,
    }),
  },
  secrets: { [USERS]: `trino-${USERS}`, tls: CERTIFICATE },
  mounts: { [DIRECTORIES.users]: USERS, [DIRECTORIES.tls]: "tls" },
};

interface SignInArgs {
  readonly platform: Platform;
  readonly access: Access;
  /** Resolves once every client has asked. */
  readonly described: pulumi.Input<readonly object[]>;
  readonly endpoint: Endpoint;
  readonly catalogs: { readonly writable: readonly string[]; readonly readOnly: readonly string[] };
}

/** Users of Trino: people with a generated password each, programs by their grants, and who reads metrics. */
export class SignIn {
  private readonly clients = new Map<string, Users & { readonly rights: SqlRights }>();

  constructor(
    private readonly trino: Service,
    private readonly args: SignInArgs,
  ) {
    const { access, described, catalogs } = args;
    const people = Object.entries(access.people).map(([name, { password: generation }]) => {
      const suffix = generation === 1 ? "" : `-${String(generation)}`;
      return [name, hashedPassword(`trino-login-${name}${suffix}`, trino, 24)] as const;
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

/** The coordinator's certificate. @throws Error without an issuer, which settings with a sign-in have */
export function serverCertificate({ issuer }: Platform, host: string): object {
  if (issuer === undefined) throw new Error("Trino's sign-in needs an issuer");
  return issuedSpec(issuer, { commonName: host, secretName: CERTIFICATE, dnsNames: [host, "localhost"] });
}
