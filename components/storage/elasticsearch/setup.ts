import { ADMIN } from "./roles";

/** The setup: waits for users and rights, then creates templates and policies by HTTP requests, the same again at each run. Pure. */

export const CALLS_DIRECTORY = "/opt/lakehouse/calls";
export const CALLS_FILE = "calls";
export const USERS_DIRECTORY = "/opt/lakehouse/users";
export const KNOWN_FILE = "known";

/** Functions of scripts that send requests as the admin: the password is in a file, not in a list of processes. */
export const REQUESTS = [
  "umask 077",
  `printf 'user = "${ADMIN}:%s"\\n' "$ADMIN_PASSWORD" > /tmp/login`,
  "# Prints the status code; the answer is in /tmp/answer.",
  "ask() {",
  '  method="$1" url="$2" body="$3"',
  "  shift 3",
  "  printf '%s' \"$body\" > /tmp/body",
  "  curl --silent --show-error --max-time 120 --config /tmp/login --output /tmp/answer --write-out '%{http_code}' \\",
  `    --request "$method" "$@" \${body:+--header 'Content-Type: application/json' --data-binary @/tmp/body} "$url" || true`,
  "}",
  "must() {",
  '  code="$(ask "$@")"',
  '  case "$code" in',
  '    20?) echo "$1 $2" ;;',
  '    *) echo "$1 $2: $code $(cat /tmp/answer)" >&2; exit 1 ;;',
  "  esac",
  "}",
];

/**
 * Users and roles arrive in each node by files, some time after their Secret has changed. So each node that clients connect to is
 * asked, in the name of each user, for the mark of its role.
 */
export function setupScript(): string {
  return [
    ...REQUESTS,
    'until [ "$(ask GET "$ELASTICSEARCH_URL/_cluster/health?wait_for_status=yellow&timeout=30s" "")" = 200 ]; do',
    '  echo "waits for Elasticsearch" >&2',
    "  sleep 3",
    "done",
    "knows() {",
    '  code="$(ask POST "$1/_security/user/_has_privileges" "$3" --header "es-security-runas-user: $2")"',
    `  [ "$code" = 200 ] && grep -q '"has_all_requested" *: *true' /tmp/answer`,
    "}",
    "for node in $NODES; do",
    "  while read -r user question; do",
    '    until knows "$node" "$user" "$question"; do',
    '      echo "waits until $node knows $user" >&2',
    "      sleep 3",
    "    done",
    `  done < ${USERS_DIRECTORY}/${KNOWN_FILE}`,
    '  echo "$node knows every user"',
    "done",
    `while read -r method path body; do must "$method" "$ELASTICSEARCH_URL$path" "$body"; done < ${CALLS_DIRECTORY}/${CALLS_FILE}`,
  ].join("\n");
}
