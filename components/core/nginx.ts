/** What every nginx of the stack has that runs with a read-only root file system and without the image's entrypoint. Pure. */

/** Its temporary files, as lines within `http`. */
export const TEMPORARY_PATHS: readonly string[] = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
  (kind) => `  ${kind}_temp_path /tmp/${kind};`,
);

const LISTEN_IPV6 = "/tmp/listen-ipv6.conf";

/** Within `server`: the file of `listenIpv6` where it is. A pattern, as nginx accepts one without a file. */
export const INCLUDE_IPV6 = `    include ${LISTEN_IPV6}*;`;

/**
 * A line of shell before nginx starts. It listens on IPv6 only where the node's kernel has IPv6, because it ends otherwise; on some
 * clusters pods have an IPv6 address only.
 */
export const listenIpv6 = (port: number): string =>
  `if [ -f /proc/net/if_inet6 ]; then echo 'listen [::]:${String(port)};' > ${LISTEN_IPV6}; else rm -f ${LISTEN_IPV6}; fi`;
