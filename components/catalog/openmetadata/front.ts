import { LINEAGE_PATH } from "../../core/governance";
import { INCLUDE_IPV6, listenIpv6, TEMPORARY_PATHS } from "../../core/nginx";
import { shellWord } from "../../core/render";
import { PORT } from "./config";

/**
 * The receiver of events, beside each server: a token each emitter, which may do nothing else with the catalogue. Behind it stands
 * one user of the catalogue with the right to change lineage alone. Pure.
 */

export const FRONT_PORT = 5000;
export const ALIVE = "/alive";
export const FRONT_DIRECTORY = "/opt/lakehouse/front";
export const CONFIG_FILE = "nginx.conf";
export const EMITTERS_DIRECTORY = "/mnt/emitters";
export const EMITTERS_FILE = "emitters.conf";
const TOKEN = "/tmp/token.conf";

/** A session ends after an hour; a new Secret is read as often as that. */
const RENEW_SECONDS = 600;

/** A token of one emitter: letters and digits alone. */
export const emitterLine = (token: string, emitter: string): string => `"Bearer ${token}" ${emitter};`;

/** nginx takes events of known emitters, and nothing else. Works with a read-only root file system. */
export function nginxConf(to = `http://127.0.0.1:${String(PORT)}`): string {
  return [
    "daemon off;",
    "pid /tmp/nginx.pid;",
    "error_log stderr warn;",
    "worker_processes 1;",
    "events { worker_connections 512; }",
    "http {",
    ...TEMPORARY_PATHS,
    "  map_hash_bucket_size 128;",
    `  map $http_authorization $emitter { default ""; include ${EMITTERS_DIRECTORY}/${EMITTERS_FILE}; }`,
    // Neither tokens nor events are in the log.
    "  log_format events '$time_iso8601 $emitter $request_method $status $request_length';",
    "  access_log /dev/stdout events;",
    "  server_tokens off;",
    "  server {",
    `    listen ${String(FRONT_PORT)};`,
    INCLUDE_IPV6,
    `    location = ${ALIVE} { access_log off; return 200; }`,
    `    location = ${LINEAGE_PATH} {`,
    '      if ($emitter = "") { return 401; }',
    "      if ($request_method != POST) { return 405; }",
    "      client_max_body_size 16m;",
    "      proxy_connect_timeout 2s;",
    "      proxy_read_timeout 10s;",
    `      include ${TOKEN}*;`,
    `      proxy_pass ${to}/api/v1/openlineage/lineage;`,
    "    }",
    "    location / { return 404; }",
    "  }",
    "}",
    "",
  ].join("\n");
}

/** An address by which one of the stack's users signs in. */
export const address = (user: string, domain: string): string => `${user}@${domain}`;

/**
 * Starts nginx, and signs in anew again and again: what it got is in a file that only it reads. While the server is away, events are
 * refused, and whoever sends them goes on.
 * @param user the variable `LINEAGE_PASSWORD` has its password
 */
export function frontScript(user: string, domain: string, server = `http://127.0.0.1:${String(PORT)}`): string {
  return [
    "umask 077",
    listenIpv6(FRONT_PORT),
    "sign() {",
    `  printf '{"email":"%s","password":"%s"}' ${shellWord(address(user, domain))} "$(printf %s "$LINEAGE_PASSWORD" | base64 | tr -d '\\n')" |`,
    `    curl --silent --show-error --fail --max-time 20 --header 'Content-Type: application/json' --data-binary @- ${server}/api/v1/users/login |`,
    `    sed -n 's/.*"accessToken" *: *"\\([A-Za-z0-9._-]*\\)".*/proxy_set_header Authorization "Bearer \\1";/p' >${TOKEN}.new`,
    `  [ -s ${TOKEN}.new ] && mv ${TOKEN}.new ${TOKEN}`,
    "}",
    `nginx -e stderr -c ${FRONT_DIRECTORY}/${CONFIG_FILE} &`,
    "nginx=$!",
    `trap 'kill -QUIT "$nginx"; wait "$nginx"; exit 0' TERM INT`,
    'wait_for() { sleep "$1" & wait $!; }',
    `while kill -0 "$nginx" 2>/dev/null; do`,
    `  if sign; then nginx -e stderr -c ${FRONT_DIRECTORY}/${CONFIG_FILE} -s reload; wait_for ${String(RENEW_SECONDS)}; else wait_for 5; fi`,
    "done",
    "exit 1",
  ].join("\n");
}
