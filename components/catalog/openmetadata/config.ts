import { type Endpoint, isSecure, POSTGRES_TLS } from "../../core/endpoint";
import type { ContainerArgs } from "../../core/pod";
import { mainContainer, type PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { trustEnv } from "../../core/trust";
import type { OpenmetadataSettings } from "./settings";

/** What the server is told at its start, as pure functions of sizes and settings. Secrets come from elsewhere. */

export const PORT = 8585;
/** Health and metrics. */
export const ADMIN_PORT = 8586;
export const HEALTH = "/healthcheck";
/** Answers without a sign-in where the page is. */
export const ALIVE = "/api/v1/system/version";
export const METRICS = { portName: "admin", port: ADMIN_PORT, path: "/prometheus" };

export const HOME = "/opt/openmetadata";
export const LOG_DIRECTORY = `${HOME}/logs`;
export const DATABASE = "openmetadata";
/** Begin of its indices' names. */
export const PREFIX = "openmetadata_";
const ALIAS = PREFIX.slice(0, -1);

/** Where the key is that it signs tokens with: PEM and certificate as cert-manager makes them. */
export const KEY_DIRECTORY = "/mnt/key";
const KEYS = "/tmp/keys";
/** ASN.1 of a public key of RSA with 2048 bits, up to its modulus: it begins so, and is so long. */
const RSA_2048 = "30820122300d06092a864886f70d01010105000382010f00";
const SPKI_BYTES = 294;

type Env = NonNullable<ContainerArgs["env"]>;

/** Half of the memory is heap: search, JSON and threads have the rest. */
export const heapMiB = (group: PodGroup): number => Math.floor(mainContainer(group).limits.memory / 2 / MiB);

/**
 * The key in the form that Java reads, by a shell alone: the private one is base64 of the PEM; the public one stands in the
 * certificate, where it begins by its kind.
 */
export const keyScript = (from = KEY_DIRECTORY, to = KEYS): string =>
  [
    "umask 077",
    `mkdir -p ${to}`,
    `grep -v -e ----- ${from}/tls.key | base64 -d >${to}/private.der`,
    `grep -v -e ----- ${from}/tls.crt | base64 -d >${to}/certificate.der`,
    `hex="$(od -An -v -tx1 ${to}/certificate.der | tr -d ' \\n')"`,
    `before="\${hex%%${RSA_2048}*}"`,
    `[ "$before" != "$hex" ] || { echo 'the certificate has no key of RSA with 2048 bits' >&2; exit 1; }`,
    `tail -c "+$((\${#before} / 2 + 1))" ${to}/certificate.der | head -c ${String(SPKI_BYTES)} >${to}/public.der`,
    `rm ${to}/certificate.der`,
  ].join("\n");

export const startScript = (): string =>
  [keyScript(), `cd ${HOME}`, "exec ./bin/openmetadata-server-start.sh conf/openmetadata.yaml"].join("\n");

export const migrationScript = (): string =>
  [keyScript(), `cd ${HOME}`, "exec ./bootstrap/openmetadata-ops.sh migrate"].join("\n");

export interface Facts {
  readonly group: PodGroup;
  readonly settings: Pick<OpenmetadataSettings, "connections" | "domain" | "server">;
  readonly database: Endpoint & { readonly database: string };
  readonly search: { readonly host: string; readonly port: number; readonly scheme: string };
}

/** The same for the server and its migration: both read the same file. */
export function environment({ group, settings, database, search }: Facts): Env {
  const { JAVA_TOOL_OPTIONS: trust } = trustEnv(group);
  const heap = `${String(heapMiB(group))}m`;
  return {
    OPENMETADATA_CLUSTER_NAME: "lakehouse",
    OPENMETADATA_HEAP_OPTS: `-Xmx${heap} -Xms${heap}`,
    OPENMETADATA_OPTS: ["-XX:+ExitOnOutOfMemoryError", ...(trust === undefined ? [] : [trust])].join(" "),
    LOG_DIR: LOG_DIRECTORY,
    SERVER_PORT: String(PORT),
    SERVER_ADMIN_PORT: String(ADMIN_PORT),
    DB_DRIVER_CLASS: "org.postgresql.Driver",
    DB_SCHEME: "postgresql",
    DB_PARAMS: isSecure(database) ? new URLSearchParams(POSTGRES_TLS).toString() : "sslmode=prefer",
    DB_HOST: database.host,
    DB_PORT: String(database.port),
    OM_DATABASE: database.database,
    DB_CONNECTION_POOL_MAX_SIZE: String(pool(settings)),
    DB_CONNECTION_POOL_MIN_SIZE: "2",
    DB_CONNECTION_POOL_INITIAL_SIZE: "2",
    SEARCH_TYPE: "opensearch",
    ELASTICSEARCH_HOST: search.host,
    ELASTICSEARCH_PORT: String(search.port),
    ELASTICSEARCH_SCHEME: search.scheme,
    ELASTICSEARCH_CLUSTER_ALIAS: ALIAS,
    AUTHENTICATION_PROVIDER: "basic",
    AUTHENTICATION_ENABLE_SELF_SIGNUP: "false",
    AUTHENTICATION_PUBLIC_KEYS: `[http://localhost:${String(PORT)}/api/v1/system/config/jwks]`,
    AUTHORIZER_PRINCIPAL_DOMAIN: settings.domain,
    AUTHORIZER_ALLOWED_REGISTRATION_DOMAIN: `["${settings.domain}"]`,
    JWT_ISSUER: settings.domain,
    // Tokens name the key: the image's own pair, which everybody has, is named otherwise.
    JWT_KEY_ID: "lakehouse",
    RSA_PUBLIC_KEY_FILE_PATH: `${KEYS}/public.der`,
    RSA_PRIVATE_KEY_FILE_PATH: `${KEYS}/private.der`,
    MASK_PASSWORDS_API: "true",
    // Nothing of it starts pods or asks an Airflow.
    PIPELINE_SERVICE_CLIENT_ENABLED: "false",
    EVENT_MONITOR: "prometheus",
  };
}

/** Connections of one pod. */
export const pool = ({ connections, server }: Pick<OpenmetadataSettings, "connections" | "server">): number =>
  Math.max(5, Math.floor(connections / Math.max(1, server.replicas)));
