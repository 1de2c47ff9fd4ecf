import { HEALTH } from "./config";

/** Scripts that hand the metadata over and look after it. Pure. */

export const METADATA_DIRECTORY = "/opt/lakehouse/metadata";
export const REQUEST_FILE = "request.json";

/** Characters of an answer that are told: one line of a log. */
const TOLD = 2000;

/**
 * Puts the metadata in the place of what Hasura had, once it answers. What does not fit the databases changes nothing, ends the task
 * and is told in one line, by the reasons that Hasura gives; the same metadata again changes nothing.
 * @param url of Hasura
 */
export function metadataScript(url: string): string {
  return [
    "umask 077",
    // In a file, because everybody sees the arguments of a process.
    `printf 'header = "X-Hasura-Admin-Secret: %s"\\n' "$ADMIN_SECRET" >/tmp/login`,
    "ask() {",
    "  curl --silent --show-error --max-time 120 --config /tmp/login --output /tmp/answer --write-out '%{http_code}' \\",
    `    --header 'Content-Type: application/json' "$@" || true`,
    "}",
    // The reasons of an answer, or else all of it, in one line.
    "told() {",
    "  reasons=\"$(tr '\\n' ' ' </tmp/answer | grep -oE '\"reason\": *\"([^\"\\\\]|\\\\.)*\"' | sed 's/^\"reason\": *//' | tr '\\n' ' ')\"",
    `  printf '%s' "\${reasons:-$(tr '\\n' ' ' </tmp/answer)}" | head -c ${String(TOLD)}`,
    "}",
    "while :; do",
    `  code="$(ask --data-binary @${METADATA_DIRECTORY}/${REQUEST_FILE} "${url}/v1/metadata")"`,
    '  case "$code" in',
    '    200) echo "metadata is that of the stack"; exit 0 ;;',
    '    4*) echo "metadata refused, nothing changed: $(told)" >&2; exit 1 ;;',
    '    *) echo "answered ${code:-nothing}, asked again" >&2; sleep 3 ;;',
    "  esac",
    "done",
  ].join("\n");
}

/**
 * Fails where Hasura does not answer, or its metadata no longer fit the databases: a table that is gone is served no more, and nothing
 * else tells of it.
 */
export function checkScript(url: string): string {
  return [
    `code="$(curl --silent --show-error --max-time 30 --output /tmp/answer --write-out '%{http_code}' "${url}${HEALTH}?strict=true" || true)"`,
    `[ "$code" = 200 ] || { echo "answered \${code:-nothing}: $(tr '\\n' ' ' </tmp/answer | head -c ${String(TOLD)})" >&2; exit 1; }`,
    'echo "answers, and its metadata fit the databases"',
  ].join("\n");
}
