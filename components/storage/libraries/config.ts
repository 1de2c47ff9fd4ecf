import type { Endpoint, Peer } from "../../core/endpoint";
import { download, jarFile, jarUrl, sumLine } from "../../core/jars";
import { INCLUDE_IPV6, listenIpv6, TEMPORARY_PATHS } from "../../core/nginx";
import type { Jar } from "../../core/pins";
import { shellWord } from "../../core/render";
import { MAVEN_CENTRAL } from "../../core/versions";
import type { LibrarySettings } from "./settings";

/** The library server: its source, its scripts and its configuration, as pure functions. */

export const PORT = 8080;
export const LIBRARY_DIRECTORY = "/srv/libraries";
export const CONFIG_DIRECTORY = "/opt/lakehouse/conf";
export const CONFIG_FILE = "nginx.conf";
/** File of its libraries' sums, in the format of `sha256sum`. */
export const SUMS = "SHA256SUMS";
/** Path of the liveness probe, which does not depend on the disk. */
export const ALIVE = "/alive";

/** `nexus.tools.svc`, with or without the cluster's domain: service and namespace. */
const IN_CLUSTER = /^[a-z0-9-]+\.([a-z0-9-]+)\.svc(\.|$)/;
const IPV4 = /^\d+(\.\d+){3}$/;

/** Endpoint of the Maven repository. Port, scheme and, where possible, the peer follow from its URL. */
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

/** All pods of a namespace outside of the stack, of which only the name is known. */
const podsOf = (namespace: string): Peer => ({
  kind: "pods",
  name: "library-source",
  namespace,
  labels: {},
  managed: false,
});

function addresses(host: string, cidrs: readonly string[] | undefined): Peer {
  const own = IPV4.test(host) ? `${host}/32` : host.startsWith("[") ? `${host.slice(1, -1)}/128` : undefined;
  return {
    kind: "range",
    name: "library-source",
    cidrs: cidrs ?? [own ?? "0.0.0.0/0"],
    reason: `libraries are obtained from ${host}, whose addresses no policy can name, by pods that hold no key and run no user's code`,
  };
}

/** Retries of a download; after them the pod fails, which alerts report, and starts again. */
const RETRY_OPTIONS = ["--retry 5", "--retry-delay 5"];

/**
 * Downloads the libraries that the volume lacks, and connects to nothing when it lacks none. A file gets its name only after its
 * sum is checked. Libraries of the release before stay, because its pods may still start.
 */
export function obtainScript(pins: readonly Jar[], source: string): string {
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
        `  ${download(jarUrl(source, pin), part, RETRY_OPTIONS)}`,
        `  echo ${shellWord(sumLine(pin, part))} | sha256sum -c -`,
        `  mv ${shellWord(part)} ${shellWord(file)}`,
        "fi",
      ];
    }),
  ].join("\n");
}

/** Starts nginx in the place of the image's entrypoint, which edits configuration. */
export function serveScript(): string {
  return [listenIpv6(PORT), `exec nginx -e stderr -c ${shellWord(`${CONFIG_DIRECTORY}/${CONFIG_FILE}`)}`].join("\n");
}

/** Serves the files and nothing else; works with a read-only root file system. */
export function nginxConf(): string {
  return [
    "daemon off;",
    "pid /tmp/nginx.pid;",
    "error_log stderr warn;",
    "worker_processes 2;",
    "events { worker_connections 512; }",
    "http {",
    ...TEMPORARY_PATHS,
    "  access_log /dev/stdout;",
    "  server_tokens off;",
    "  sendfile on;",
    "  default_type application/octet-stream;",
    "  server {",
    `    listen ${String(PORT)};`,
    INCLUDE_IPV6,
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
