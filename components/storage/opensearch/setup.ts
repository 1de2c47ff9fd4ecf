import { ADMIN, roleName } from "./security";

/** What makes users, rights, templates and policies: calls of the API, again and again the same. Pure. */

export const CALLS_DIRECTORY = "/opt/lakehouse/calls";
export const CALLS_FILE = "calls";
export const RIGHTS_DIRECTORY = "/opt/lakehouse/rights";
export const RIGHTS_FILE = "rights";
export const NAMES_FILE = "names";

const API = "/_plugins/_security/api";

/**
 * Passwords go by files that only this pod has, not by arguments. What is there already is made the same again; users and roles of
 * the stack that nobody has any more go.
 */
export function setupScript(): string {
  return [
    "umask 077",
    `printf 'user = "${ADMIN}:%s"\\n' "$ADMIN_PASSWORD" > /tmp/login`,
    "# Code of the answer, whose text is in /tmp/answer.",
    "call() {",
    "  printf '%s' \"$3\" > /tmp/body",
    "  curl --silent --show-error --max-time 120 --config /tmp/login --output /tmp/answer --write-out '%{http_code}' \\",
    `    --request "$1" --header 'Content-Type: application/json' \${3:+--data-binary @/tmp/body} "$OPENSEARCH_URL$2" || true`,
    "}",
    "must() {",
    '  code="$(call "$@")"',
    '  case "$code" in',
    '    20?) echo "$1 $2" ;;',
    '    *) echo "$1 $2: $code $(cat /tmp/answer)" >&2; exit 1 ;;',
    "  esac",
    "}",
    'field() { sed -n "s/.*\\"$1\\" *: *\\([0-9]*\\).*/\\1/p" /tmp/answer | head -n 1; }',
    "# Of a policy that is there the version must be named; the first of the two kinds is made by another method.",
    "policy() {",
    '  case "$(call GET "$2")" in',
    '    200) must PUT "$2?if_seq_no=$(field _seq_no)&if_primary_term=$(field _primary_term)" "$3" ;;',
    '    404) case "$1" in SM) must POST "$2" "$3" ;; *) must PUT "$2" "$3" ;; esac ;;',
    '    *) echo "$2: $(cat /tmp/answer)" >&2; exit 1 ;;',
    "  esac",
    "}",
    'until [ "$(call GET "/_cluster/health?wait_for_status=yellow&timeout=30s")" = 200 ]; do',
    '  echo "waits for OpenSearch" >&2',
    "  sleep 3",
    "done",
    `while read -r method path body; do must "$method" "$path" "$body"; done < ${RIGHTS_DIRECTORY}/${RIGHTS_FILE}`,
    `kept() { grep -qx "$1" ${RIGHTS_DIRECTORY}/${NAMES_FILE}; }`,
    'names() { sed -n \'s/^  "\\([^"]*\\)" : {$/\\1/p\' /tmp/answer; }',
    `must GET "${API}/internalusers?pretty"`,
    "for user in $(names); do",
    '  kept "user $user" && continue',
    `  must GET "${API}/internalusers/$user"`,
    '  if grep -q \'"lakehouse" *: *"granted"\' /tmp/answer; then',
    `    must DELETE "${API}/internalusers/$user"`,
    "  fi",
    "done",
    `must GET "${API}/roles?pretty"`,
    "for role in $(names); do",
    `  case "$role" in ${roleName("*")}) kept "role $role" || must DELETE "${API}/roles/$role" ;; esac`,
    "done",
    "while read -r method path body; do",
    '  case "$method" in ISM | SM) policy "$method" "$path" "$body" ;; *) must "$method" "$path" "$body" ;; esac',
    `done < ${CALLS_DIRECTORY}/${CALLS_FILE}`,
  ].join("\n");
}
