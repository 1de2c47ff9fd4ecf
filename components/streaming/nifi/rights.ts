import { escapeXml } from "../../core/render";

/** Who may do what in NiFi, as files: nobody can change them by its pages. Pure. */

/** The group that contains everything. It is the same in each stack, because rights name it. */
export const ROOT_GROUP = "1a4e4056-0000-4000-8000-000000000001";

type Action = "R" | "W";
export interface Identity {
  /** A certificate's distinguished name, or the name that a person signs in by. */
  readonly identity: string;
  /** Resource and action of each right. */
  readonly rights: readonly (readonly [resource: string, action: Action])[];
}

const ROOT = `/process-groups/${ROOT_GROUP}`;
const both = (resource: string) => [[resource, "R"] as const, [resource, "W"] as const];
const VIEW: Identity["rights"] = [["/flow", "R"]];

export const ADMIN = "lakehouse-admin";
/** Names in certificates. */
export const CERTIFIED = { node: "nifi-node", flows: "nifi-flows", metrics: "nifi-metrics" } as const;
const certified = (name: keyof typeof CERTIFIED) => `CN=${CERTIFIED[name]}`;

/** OpenID Connect brings groups of people here. */
export const IDENTITIES: readonly Identity[] = [
  {
    // Nodes ask each other in the name of who asked them, and see what is in queues to show it.
    identity: certified("node"),
    rights: [["/proxy", "W"], ["/controller", "R"], ...VIEW, ...both(`/data${ROOT}`)],
  },
  {
    // No content: it deploys.
    identity: certified("flows"),
    rights: [...VIEW, ...both(ROOT), ...both("/parameter-contexts"), ["/restricted-components", "W"]],
  },
  // Metrics name what they are about by its names for those who may see these.
  { identity: certified("metrics"), rights: [...VIEW, [ROOT, "R"]] },
  {
    // Rights stay as they are here: no `/tenants`, no `/policies` to write.
    identity: ADMIN,
    rights: [
      ...VIEW,
      ...both(ROOT),
      ...both(`/data${ROOT}`),
      [`/provenance-data${ROOT}`, "R"],
      ["/provenance", "R"],
      ...both("/parameter-contexts"),
      ...both("/controller"),
      ["/counters", "R"],
      ["/system", "R"],
      ["/tenants", "R"],
      ["/policies", "R"],
      ["/restricted-components", "W"],
    ],
  },
];

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';
const element = (name: string, body: readonly string[]) => [
  `<${name}>`,
  ...body.map((line) => `  ${line}`),
  `</${name}>`,
];
const file = (lines: readonly string[]) => [HEAD, ...lines, ""].join("\n");
const idOf = (index: number) => `user-${String(index + 1)}`;

/** Everybody that NiFi knows. */
export function usersFile(all: readonly Identity[] = IDENTITIES): string {
  const users = all.map(
    ({ identity }, index) => `<user identifier="${idOf(index)}" identity="${escapeXml(identity)}"/>`,
  );
  return file(element("tenants", ["<groups/>", ...element("users", users)]));
}

/** Each right once, with those who have it. */
export function authorizationsFile(all: readonly Identity[] = IDENTITIES): string {
  const holders = new Map<string, string[]>();
  for (const [index, { rights }] of all.entries())
    for (const [resource, action] of rights) {
      const attributes = `resource="${resource}" action="${action}"`;
      holders.set(attributes, [...(holders.get(attributes) ?? []), idOf(index)]);
    }
  const policies = [...holders].flatMap(([attributes, users], index) => [
    `<policy identifier="policy-${String(index + 1)}" ${attributes}>`,
    ...users.map((user) => `  <user identifier="${user}"/>`),
    "</policy>",
  ]);
  return file(element("authorizations", element("policies", policies)));
}

const provider = (
  name: string,
  identifier: string,
  className: string,
  properties: Readonly<Record<string, string>>,
): string[] =>
  element(name, [
    `<identifier>${identifier}</identifier>`,
    `<class>org.apache.nifi.${className}</class>`,
    ...Object.entries(properties).map(([key, value]) => `<property name="${key}">${escapeXml(value)}</property>`),
  ]);

export const AUTHORIZER = "managed-authorizer";
export const LOGIN_PROVIDER = "single-user-provider";

export function authorizersFile(directory: string): string {
  const [users, policies] = ["file-user-group-provider", "file-access-policy-provider"];
  return file(
    element("authorizers", [
      ...provider("userGroupProvider", users, "authorization.FileUserGroupProvider", {
        "Users File": `${directory}/users.xml`,
      }),
      ...provider("accessPolicyProvider", policies, "authorization.FileAccessPolicyProvider", {
        "User Group Provider": users,
        "Authorizations File": `${directory}/authorizations.xml`,
      }),
      ...provider("authorizer", AUTHORIZER, "authorization.StandardManagedAuthorizer", {
        "Access Policy Provider": policies,
      }),
    ]),
  );
}

/** NiFi knows the newest name of bcrypt alone; for what passwords are made of here the older ones are the same. */
export const nifiHash = (hash: string): string => hash.replace(/^\$2[axy]\$/, "$2b$$");

/** How people sign in: one place, which OpenID Connect takes over. @param hash of the password by bcrypt, or the variable that has it */
export const loginProvidersFile = (hash: string): string =>
  file(
    element(
      "loginIdentityProviders",
      provider("provider", LOGIN_PROVIDER, "authentication.single.user.SingleUserLoginIdentityProvider", {
        Username: ADMIN,
        Password: hash,
      }),
    ),
  );
