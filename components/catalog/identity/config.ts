import { bare } from "../../core/endpoint";
import type { ContainerArgs } from "../../core/pod";
import { mainContainer, type PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import type { IdentitySettings } from "./settings";

/** What Keycloak is told at its start, as pure functions of sizes and settings. Secrets come from elsewhere. */

export const PORT = 8443;
/** Health and metrics, for kubelet and Prometheus alone. */
export const MANAGEMENT_PORT = 9000;
export const METRICS = { portName: "management", port: MANAGEMENT_PORT, path: "/metrics" };
/** Replicas tell each other of changes there; the second finds out whether another is alive. */
export const CLUSTER_PORTS = [7800, 57_800] as const;

/** Where upstream's image has the program, and where it is copied to. */
const IMAGE_HOME = "/opt/keycloak";
export const HOME = "/srv/keycloak";
export const CERTIFICATE_DIRECTORY = "/mnt/certificate";
export const REALM = "lakehouse";
export const DATABASE = "keycloak";
export const ADMIN = "admin";

/** Seconds after which requests that have begun are cut off. */
const SHUTDOWN_SECONDS = 20;
export const GRACE_SECONDS = SHUTDOWN_SECONDS + 25;

type Env = NonNullable<ContainerArgs["env"]>;

/** Half of the memory is heap: classes, threads and buffers have the rest. */
export const heapMiB = (group: PodGroup): number => Math.floor(mainContainer(group).limits.memory / 2 / MiB);

/**
 * The image is built for no database, and a start with one builds it anew into folders of its own: below a read-only root it does so in
 * a copy, which a container that starts again finds built.
 */
export const startScript = ({ url = "" }: Pick<IdentitySettings, "url">): string =>
  [
    `if [ ! -e ${HOME}/copied ]; then cp -R ${IMAGE_HOME}/. ${HOME}/ && touch ${HOME}/copied; fi`,
    // One issuer for everybody. A flag, where policies see that no pod connects there.
    `exec ${HOME}/bin/kc.sh start --hostname=${bare(url)}`,
  ].join("\n");

/** @param forwarded whether a proxy that ends TLS is in front of it, whose headers hold. @default requests come as they were sent */
export function environment(
  group: PodGroup,
  { connections, server: { replicas } }: Pick<IdentitySettings, "connections" | "server">,
  jdbcUrl: string,
  forwarded = false,
): Env {
  const heap = `${String(heapMiB(group))}m`;
  return {
    JAVA_OPTS_KC_HEAP: `-Xms${heap} -Xmx${heap}`,
    KC_DB: "postgres",
    KC_DB_URL: jdbcUrl,
    KC_DB_POOL_INITIAL_SIZE: "1",
    KC_DB_POOL_MIN_SIZE: "1",
    KC_DB_POOL_MAX_SIZE: String(Math.max(2, Math.floor(connections / replicas))),
    // Pods ask for tokens and keys by the name of its Service.
    KC_HOSTNAME_BACKCHANNEL_DYNAMIC: "true",
    KC_HTTPS_PORT: String(PORT),
    KC_HTTPS_CERTIFICATE_FILE: `${CERTIFICATE_DIRECTORY}/tls.crt`,
    KC_HTTPS_CERTIFICATE_KEY_FILE: `${CERTIFICATE_DIRECTORY}/tls.key`,
    KC_HTTPS_CERTIFICATES_RELOAD_PERIOD: "10m",
    KC_HTTP_ENABLED: "false",
    KC_HTTP_MANAGEMENT_PORT: String(MANAGEMENT_PORT),
    KC_HTTP_MANAGEMENT_SCHEME: "http",
    KC_HEALTH_ENABLED: "true",
    KC_METRICS_ENABLED: "true",
    KC_EVENT_METRICS_USER_ENABLED: "true",
    KC_EVENT_METRICS_USER_TAGS: "realm,clientId",
    KC_EVENT_METRICS_USER_EVENTS: "login,code_to_token,refresh_token,update_credential",
    KC_CACHE: replicas === 1 ? "local" : "ispn",
    KC_SHUTDOWN_TIMEOUT: `${String(SHUTDOWN_SECONDS)}s`,
    KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN,
    // Who guesses passwords is told apart by the address that the proxy has seen. Nobody else reaches the port.
    ...(forwarded ? { KC_PROXY_HEADERS: "xforwarded" } : {}),
  };
}

/** `https://id.example.org/realms/lakehouse` */
export const issuerOf = (url: string): string => `${bare(url)}/realms/${REALM}`;

/** Endpoints of a realm, of which browsers open those at the issuer and pods those at the Service. */
export function endpoints(issuer: string, inside: string) {
  const [protocol, within] = [issuer, `${inside}/realms/${REALM}`].map((at) => `${at}/protocol/openid-connect`) as [
    string,
    string,
  ];
  return {
    authorization: `${protocol}/auth`,
    endSession: `${protocol}/logout`,
    token: `${within}/token`,
    userinfo: `${within}/userinfo`,
    jwks: `${within}/certs`,
  };
}
