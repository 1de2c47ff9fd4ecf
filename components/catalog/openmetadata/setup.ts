import { shellWord } from "../../core/render";
import { address } from "./front";

/** The script that makes the stack's own users and what events are to mean. Pure. */

export const ADMIN = "admin";
/** Changes lineage, and nothing else. */
export const TELLER = "lineage";
export const REQUESTS_DIRECTORY = "/opt/lakehouse/requests";
/** The service whose tables events speak of: what is read by Trino. */
export const TABLES = "trino";

export interface Meaning {
  /** Names of the buckets, whose addresses are the namespaces of tables. */
  readonly buckets: readonly string[];
}

/** Namespaces of tables in events, and the service of the catalogue that has these tables. */
export const namespaces = ({ buckets }: Meaning): Record<string, string> =>
  Object.fromEntries(
    [...buckets.map((bucket) => `s3://${bucket}`), "trino://"].toSorted().map((each) => [each, TABLES]),
  );

/** Bodies of the requests, in the form of the server's API. */
export const requests = (meaning: Meaning): Readonly<Record<string, object>> => ({
  "policy.json": {
    name: TELLER,
    description: "Changes lineage of tables, and nothing else.",
    rules: [{ name: "lineage", resources: ["table"], operations: ["EditLineage", "ViewBasic"], effect: "allow" }],
  },
  "role.json": { name: TELLER, description: "Tells what tables are made of.", policies: [TELLER] },
  "lineage.json": {
    config_type: "openLineageSettings",
    config_value: {
      enabled: true,
      // Upstream's creation of tables by events fails (docs/decisions/0058-governance.md), and would have no owner.
      autoCreateEntities: false,
      eventTypeFilter: ["COMPLETE"],
      defaultPipelineService: "openlineage",
      namespaceToServiceMapping: namespaces(meaning),
    },
  },
});

/**
 * Signs in as admin once the server answers, and puts each thing in its place; the same again changes nothing.
 * @param server URL of the server
 */
export function setupScript(server: string, domain: string): string {
  const user = shellWord(address(TELLER, domain));
  return [
    "umask 077",
    `api=${server}/api/v1`,
    "base64url() { printf %s \"$1\" | base64 | tr -d '\\n'; }",
    "while :; do",
    `  printf '{"email":"%s","password":"%s"}' ${shellWord(address(ADMIN, domain))} "$(base64url "$ADMIN_PASSWORD")" |`,
    "    curl --silent --show-error --max-time 30 --header 'Content-Type: application/json' --data-binary @- \"$api/users/login\" >/tmp/login || true",
    `  token="$(sed -n 's/.*"accessToken" *: *"\\([A-Za-z0-9._-]*\\)".*/\\1/p' /tmp/login)"`,
    '  [ -z "$token" ] || break',
    `  echo "not signed in yet: $(head -c 300 /tmp/login | tr '\\n' ' ')" >&2`,
    "  sleep 5",
    "done",
    // In a file, because everybody sees the arguments of a process.
    `printf 'header = "Authorization: Bearer %s"\\n' "$token" >/tmp/header`,
    "ask() {",
    "  method=$1; path=$2; shift 2",
    '  code="$(curl --silent --show-error --max-time 60 --config /tmp/header --request "$method" --header \'Content-Type: application/json\' \\',
    '    --output /tmp/answer --write-out \'%{http_code}\' "$@" "$api/$path")"',
    "  case \"$code\" in 2*) ;; *) echo \"$method $path: $code $(head -c 500 /tmp/answer | tr '\\n' ' ')\" >&2; return 1 ;; esac",
    "}",
    `ask PUT policies --data-binary @${REQUESTS_DIRECTORY}/policy.json`,
    `ask PUT roles --data-binary @${REQUESTS_DIRECTORY}/role.json`,
    `role="$(sed -n 's/^{"id" *: *"\\([0-9a-f-]*\\)".*/\\1/p' /tmp/answer)"`,
    '[ -n "$role" ] || { echo "the role has no id" >&2; exit 1; }',
    `if ! ask GET users/name/${TELLER}; then`,
    `  printf '{"name":"${TELLER}","email":"%s","createPasswordType":"ADMIN_CREATE","password":"%s","confirmPassword":"%s","roles":["%s"]}' \\`,
    `    ${user} "$LINEAGE_PASSWORD" "$LINEAGE_PASSWORD" "$role" >/tmp/user`,
    "  ask POST users --data-binary @/tmp/user",
    "fi",
    `printf '{"username":"${TELLER}","requestType":"USER","newPassword":"%s","confirmPassword":"%s"}' "$LINEAGE_PASSWORD" "$LINEAGE_PASSWORD" >/tmp/password`,
    "ask PUT users/changePassword --data-binary @/tmp/password",
    `ask PUT system/settings --data-binary @${REQUESTS_DIRECTORY}/lineage.json`,
    "echo 'users and settings are those of the stack'",
  ].join("\n");
}
