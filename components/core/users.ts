import type * as pulumi from "@pulumi/pulumi";

import type { SecretKeys } from "./capabilities";
import { type Login, nextLogin } from "./login";
import { hashedPassword } from "./password";
import type { Service } from "./service";

/** The users of one client at a server that has its users in files or by calls of its own. */
export interface Users {
  /** By name of the user. */
  readonly passwords: Readonly<Record<string, pulumi.Output<string>>>;
  /** Their bcrypt hashes, for servers that keep hashes. */
  readonly hashes: Readonly<Record<string, pulumi.Output<string>>>;
  /** The client's Secret. */
  readonly keys: SecretKeys;
}

interface UsersArgs {
  /** The server in the passwords' names, such as `valkey` in `spark-valkey-2`. */
  readonly at: string;
  /** The clients' Secrets are `<client>-<secret><suffix>`. @default `at` */
  readonly secret?: string;
  /** Valid logins, the client's own first. */
  readonly alive: readonly [Login, ...Login[]];
  /** Begin of the users' names and of the passwords', for a user that is no service of the stack. @default the client's service */
  readonly user?: string;
  /** How the server spells a user's name. @default as it is */
  readonly spelled?: (user: string) => string;
  /** Whether the next generation has its user too, so that servers know it before a pod signs in as it. @default false */
  readonly ahead?: boolean;
  /** What the Secrets depend on. @default nothing */
  readonly after?: pulumi.Resource[];
}

/** Makes a password for each login of a client, and for each valid one a Secret in the client's namespace with `username` and `password`. */
export function clientUsers(
  server: Service,
  client: Service,
  { at, secret = at, alive, user = client.service, spelled = (name) => name, ahead = false, after = [] }: UsersArgs,
): Users {
  const { service } = client;
  const passwords: Record<string, pulumi.Output<string>> = {};
  const hashes: Record<string, pulumi.Output<string>> = {};
  const make = ({ suffix }: Login) => {
    const username = spelled(`${user}${suffix}`);
    const { value, hash } = hashedPassword(`${user}-${at}${suffix}`, server);
    [passwords[username], hashes[username]] = [value, hash];
    return { username, password: value };
  };
  for (const login of alive) client.secret(`${secret}${login.suffix}`, make(login), { after });
  if (ahead) make(nextLogin(service, alive[0]));
  return {
    passwords,
    hashes,
    keys: { secret: `${service}-${secret}${alive[0].suffix}`, userKey: "username", passwordKey: "password" },
  };
}
