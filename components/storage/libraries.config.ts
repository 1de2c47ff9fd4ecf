import type { Endpoint, Peer } from "../core/endpoint";
import { download, jarFile, jarUrl, missingJars, sumLine } from "../core/jars";
import { shellWord } from "../core/render";
import { type JarPin, MAVEN_CENTRAL } from "../core/versions";
import type { Settings } from "../settings";

/** The server of libraries: which it has, where it has them from, and its files, as pure functions. */

export type LibrarySettings = Settings["storage"]["libraries"];

export const PORT = 8080;
export const LIBRARY_DIRECTORY = "/srv/libraries";
export const CONFIG_DIRECTORY = "/opt/lakehouse/conf";
export const CONFIG_FILE = "nginx.conf";
/** What it has, as `sha256sum` writes it. */
export const SUMS = "SHA256SUMS";
/** Answers as long as the server works, whatever its disk does. */
export const ALIVE = "/alive";

/** Every library that some system of the stack fetches, each once. */
export function libraryPins({ catalog, compute, streaming }: Settings): JarPin[] {
  const systems = [
    ["hiveMetastore", catalog.hiveMetastore],
    ["spark", compute.spark],
    ["flink", streaming.flink],
  ] as const;
  return [
    ...new Set(
      systems.flatMap(([image, { enabled, jars }]) => (enabled && jars === "fetch" ? missingJars(image) : [])),
    ),
  ];
}

/** `nexus.tools.svc`, with or without the cluster's domain: service and namespace. */
const IN_CLUSTER = /^[a-z0-9-]+\.([a-z0-9-]+)\.svc(\.|$)/;
const IPV4 = /^\d+(\.\d+){3}$/;

/** Where libraries come from. Port and scheme are the URL's; so is the peer, as far as a URL tells it. */
export function librarySource(mirror: string | undefined, { source }: LibrarySettings): Endpoint & { url: string } {
  const url = mirror ?? MAVEN_CENTRAL;
  const { hostname, port, protocol } = new URL(url);
  const number = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  const namespace = IN_CLUSTER.exec(hostname)?.[1];
  return {
    name: "library-source",
    peer: namespace === undefined ? addresses(hostname, source.cidrs) : podsOf(namespace),
    host: hostname,
    port: number,
    targetPorts: [namespace === undefined ? number : (source.targetPort ?? number)],
    protocol: "TCP",
    scheme: protocol.replace(":", ""),
    url,
  };
}

/** Of somebody else's namespace only its name is known. */
const podsOf = (namespace: string): Peer => ({
  kind: "pods",
  name: "library-source",
  namespace,
  labels: {},
  managed: false,
});

function addresses(host: string, given: readonly string[] | undefined): Peer {
  const own = IPV4.test(host) ? `${host}/32` : host.startsWith("[") ? `${host.slice(1, -1)}/128` : undefined;
  return {
    kind: "range",
    name: "library-source",
    cidrs: given ?? [own ?? "0.0.0.0/0"],
    reason: `libraries are obtained from ${host}, whose addresses no policy can name, by pods that hold no key and run no user's code`,
  };
}

/** A source that answers seldom is asked again a few times; then the pod fails, is seen, and starts over. */
const TRIES = ["--retry 5", "--retry-delay 5"];

/**
 * Obtains what the volume lacks, and asks nobody when it lacks nothing. A file is there under its name only when its sum is
 * right. Those of the release before stay as long as there is one: pods that it made may still start.
 */
export function obtainScript(pins: readonly JarPin[], source: string): string {
  return [
    `cd ${shellWord(LIBRARY_DIRECTORY)}`,
    `printf '%s\\n' ${pins.map((pin) => shellWord(sumLine(pin))).join(" ")} > ${SUMS}.new`,
    `if [ -f ${SUMS} ] && ! cmp -s ${SUMS}.new ${SUMS}; then mv ${SUMS} ${SUMS}.before; fi`,
    `mv ${SUMS}.new ${SUMS}`,
    `for file in *.jar *.part; do grep -qsF "  $file" ${SUMS} ${SUMS}.before || rm -f "$file"; done`,
    ...pins.flatMap((pin) => {
      const file = jarFile(pin);
      const part = `${file}.part`;
      return [
        `if ! echo ${shellWord(sumLine(pin))} | sha256sum -c - > /dev/null 2>&1; then`,
        `  ${download(jarUrl(source, pin), part, TRIES)}`,
        `  echo ${shellWord(sumLine(pin, part))} | sha256sum -c -`,
        `  mv ${shellWord(part)} ${shellWord(file)}`,
        "fi",
      ];
    }),
  ].join("\n");
}

/** Serves the files and nothing else, from a root that cannot be written to. */
export function nginxConf(): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `  ${kind}_temp_path /tmp/${kind};`,
  );
  return [
    "daemon off;",
    "pid /tmp/nginx.pid;",
    "error_log stderr warn;",
    "worker_processes 2;",
    "events { worker_connections 512; }",
    "http {",
    ...temporary,
    "  access_log /dev/stdout;",
    "  server_tokens off;",
    "  sendfile on;",
    "  default_type application/octet-stream;",
    "  server {",
    `    listen ${String(PORT)};`,
    `    root ${LIBRARY_DIRECTORY};`,
    `    location = ${ALIVE} { return 200; }`,
    `    location = /${SUMS} { }`,
    "    location ~ ^/[^/]+\\.jar$ { limit_except GET { deny all; } }",
    "    location / { return 404; }",
    "  }",
    "}",
    "",
  ].join("\n");
}
