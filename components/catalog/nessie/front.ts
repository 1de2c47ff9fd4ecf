import { INCLUDE_IPV6, listenIpv6, TEMPORARY_PATHS } from "../../core/nginx";
import { KEYS_PATH, KEYS_PORT, SERVER_PORT } from "./config";

/**
 * What stands before each server: the REST catalog alone, without what would widen keys. Pure.
 *
 * The server gives keys for wherever a table says that its data lie. A writer of one namespace could name another's place there, by a
 * property or by registering a metadata file, and would get keys for it. So requests with either are refused before the server has
 * them. nginx knows a request's body once it sends it on: the first server marks it, the second refuses what is marked.
 */

export const PORT = 8181;
const JUDGE_PORT = 8183;
export const PATH = "iceberg";
export const ALIVE = "/alive";
export const DIRECTORY = "/opt/lakehouse/front";
export const CONFIG_FILE = "nginx.conf";
export const KEYS_DIRECTORY = "/mnt/keys";

/** A commit to a table of some thousand columns is far below. A body that is not in memory as a whole cannot be judged. */
const BODY = "2m";

/**
 * Properties of tables that say where data or metadata lie, and what they could hide in: letters of JSON in another spelling, and texts
 * of two bytes a letter, which the server would read as well.
 */
const WIDENING = [
  String.raw`write\.(data|metadata|object-storage|folder-storage)\.path`,
  String.raw`\\u00(2[dDeE]|[4-7][0-9a-fA-F])`,
  String.raw`\x00`,
  // In no request but one that registers a table.
  "metadata-location",
];
/** A pattern in nginx's quotes, where a backslash stands twice. */
const quoted = (pattern: string) => `"~${pattern.replaceAll("\\", "\\\\")}"`;

const error = (status: number, type: string, message: string): string =>
  `return ${String(status)} '${JSON.stringify({ error: { message, type, code: status } })}';`;
const FORBIDDEN = "ForbiddenException";

export function nginxConf(server = `http://127.0.0.1:${String(SERVER_PORT)}`): string {
  const judge = `127.0.0.1:${String(JUDGE_PORT)}`;
  return [
    "daemon off;",
    "pid /tmp/nginx.pid;",
    "error_log stderr warn;",
    "worker_processes 1;",
    "events { worker_connections 1024; }",
    "http {",
    ...TEMPORARY_PATHS,
    "  server_tokens off;",
    "  default_type application/json;",
    // Tokens are in no log.
    "  log_format requests '$time_iso8601 $request_method $uri $status $request_time';",
    "  access_log off;",
    "  proxy_http_version 1.1;",
    "  proxy_set_header Connection '';",
    "  proxy_connect_timeout 2s;",
    "  proxy_read_timeout 120s;",
    `  map $request_body $widening { default "";`,
    ...WIDENING.map((pattern) => `    ${quoted(pattern)} yes;`),
    "  }",
    "  server {",
    `    listen ${String(PORT)};`,
    INCLUDE_IPV6,
    "    access_log /dev/stdout requests;",
    `    client_max_body_size ${BODY};`,
    `    client_body_buffer_size ${BODY};`,
    "    client_body_in_single_buffer on;",
    `    location = ${ALIVE} { access_log off; return 200; }`,
    `    location ~ ^/${PATH}/v1/(config|main/(namespaces|tables|views|transactions)(/.*)?)$ {`,
    `      if ($http_content_encoding) { ${error(415, "BadRequestException", "bodies are sent as they are")} }`,
    `      if ($http_content_type !~* "^(application/json(; ?charset=utf-8)?)?$") { ${error(415, "BadRequestException", "bodies are JSON in UTF-8")} }`,
    // Last of all headers: the server makes its own address of this one.
    "      proxy_set_header Host $http_host;",
    "      proxy_set_header X-Lakehouse-Widening $widening;",
    `      proxy_pass http://${judge};`,
    "    }",
    `    location / { ${error(404, "NotFoundException", "not part of the catalog")} }`,
    "  }",
    "  server {",
    `    listen ${judge};`,
    `    client_max_body_size ${BODY};`,
    `    client_body_buffer_size ${BODY};`,
    "    location / {",
    `      if ($http_x_lakehouse_widening) { ${error(403, FORBIDDEN, "the catalog chooses where a table lies: nobody names another place")} }`,
    "      proxy_set_header X-Lakehouse-Widening '';",
    "      proxy_set_header Host $http_host;",
    `      proxy_pass ${server};`,
    "    }",
    "  }",
    "  server {",
    `    listen 127.0.0.1:${String(KEYS_PORT)};`,
    `    location = ${KEYS_PATH} { alias ${KEYS_DIRECTORY}${KEYS_PATH}; }`,
    "    location / { return 404; }",
    "  }",
    "}",
    "",
  ].join("\n");
}

export const frontScript = (): string =>
  [listenIpv6(PORT), `exec nginx -e stderr -c ${DIRECTORY}/${CONFIG_FILE}`].join("\n");
