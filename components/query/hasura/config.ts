import type { ContainerArgs } from "../../core/pod";
import { mainContainer, type PodGroup } from "../../core/pod-group";
import { trustEnv } from "../../core/trust";
import { METADATA_CONNECTIONS } from "./connections";
import { sourceVariable } from "./metadata";
import type { HasuraSettings } from "./settings";

/** What Hasura is told at its start, as pure functions of sizes and settings. Secrets come from elsewhere. */

export const PORT = 8080;
export const HEALTH = "/healthz";
/** Answers as long as the process works, whether or not PostgreSQL does. */
export const ALIVE = "/v1/version";

/** Seconds that a pod that ends still takes requests: until nobody sends them to it. */
const LEAVING_SECONDS = 5;
const SHUTDOWN_SECONDS = 30;
export const GRACE_SECONDS = LEAVING_SECONDS + SHUTDOWN_SECONDS + 10;
export const PRE_STOP = { sleep: { seconds: LEAVING_SECONDS } };

type Env = NonNullable<ContainerArgs["env"]>;

/** Where a database is, without credentials. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly database: string;
}

/**
 * The variable with a database's URL. The kubelet puts user and password there, so that they are in no manifest; both are letters,
 * digits and `_`.
 * @param user variable with the user, which comes before it
 */
export const databaseUrl = ({ host, port, database }: Place, user: string, password: string): string =>
  `postgresql://$(${user}):$(${password})@${host}:${String(port)}/${database}`;

/** Variables of one database: of the metadata without a name. */
export const databaseVariables = (source?: string) => ({
  user: source === undefined ? "METADATA_USER" : `SOURCE_${source.toUpperCase()}_USER`,
  password: source === undefined ? "METADATA_PASSWORD" : `SOURCE_${source.toUpperCase()}_PASSWORD`,
  url: source === undefined ? "HASURA_GRAPHQL_METADATA_DATABASE_URL" : sourceVariable(source),
});

/** How tokens are checked: by the issuer's public keys, so that nothing of it is secret. */
export function jwtConfig({ jwkUrl, issuer, audience, claims }: NonNullable<HasuraSettings["jwt"]>): string {
  return JSON.stringify({
    jwk_url: jwkUrl,
    issuer,
    ...(audience === undefined ? {} : { audience }),
    ...(claims === undefined ? {} : { claims_namespace: claims }),
    allowed_skew: 60,
  });
}

/** Variable with how tokens are checked. Hasura calls it a secret, which public keys are not. */
const TOKENS = "TOKENS";

/** The process. The kubelet puts the variable there. Which pages may ask is a flag, where policies see that nobody connects to them. */
export const command = ({ cors, jwt }: Pick<HasuraSettings, "cors" | "jwt">): string[] => [
  "graphql-engine",
  "serve",
  ...(cors.length === 0 ? ["--disable-cors"] : [`--cors-domain=${cors.join(",")}`]),
  ...(jwt === undefined ? [] : [`--jwt-secret=$(${TOKENS})`]),
];

/** Only what the settings ask for is open: no console, no development, no telemetry, no triggers. */
export function environment(group: PodGroup, settings: HasuraSettings): Env {
  const { jwt, unauthorizedRole, console, operations, refetchMilliseconds } = settings;
  const { SSL_CERT_FILE: bundle } = trustEnv(group);
  return {
    // Else one thread for each core of the node.
    GHCRTS: `-N${String(Math.max(1, Math.ceil(mainContainer(group).limits.cpu)))}`,
    ...(bundle === undefined ? {} : { SYSTEM_CERTIFICATE_PATH: bundle }),
    ...(jwt === undefined ? {} : { [TOKENS]: jwtConfig(jwt) }),
    ...prefixed({
      SERVER_PORT: PORT,
      ENABLE_CONSOLE: console,
      DEV_MODE: false,
      ADMIN_INTERNAL_ERRORS: false,
      // The console asks how callers sign in.
      ENABLED_APIS: ["graphql", "metadata", ...(console ? ["config"] : [])].join(","),
      ENABLED_LOG_TYPES: "startup,http-log,jwk-refresh-log",
      ENABLE_TELEMETRY: false,
      ENABLE_RELAY: false,
      DISABLE_EVENTING: true,
      INFER_FUNCTION_PERMISSIONS: false,
      ENABLE_ALLOWLIST: operations.length > 0,
      LIVE_QUERIES_MULTIPLEXED_REFETCH_INTERVAL: refetchMilliseconds,
      STREAMING_QUERIES_MULTIPLEXED_REFETCH_INTERVAL: refetchMilliseconds,
      // Of the metadata's pool: sources name their own.
      PG_CONNECTIONS: METADATA_CONNECTIONS,
      GRACEFUL_SHUTDOWN_TIMEOUT: SHUTDOWN_SECONDS,
      ...(unauthorizedRole === undefined ? {} : { UNAUTHORIZED_ROLE: unauthorizedRole }),
    }),
  };
}

const prefixed = (values: Readonly<Record<string, string | number | boolean>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`HASURA_GRAPHQL_${name}`, String(value)]));
