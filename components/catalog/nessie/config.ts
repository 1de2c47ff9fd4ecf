import { mainContainer, type PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { properties } from "../../core/render";
import type { NessieSettings } from "./settings";
import { ALGORITHM, ISSUER } from "./tokens";

/** What the server is told at its start, as pure functions of sizes, settings and places. Secrets are references alone. */

/** Of the server within its pod: only what stands before it comes there. */
export const SERVER_PORT = 19_120;
/** Health and metrics, for kubelet and Prometheus alone. */
export const MANAGEMENT_PORT = 9000;
export const METRICS = { portName: "management", port: MANAGEMENT_PORT, path: "/q/metrics" };
/** Of the set of keys that tokens are checked by, within the pod. */
export const KEYS_PORT = 8182;
export const KEYS_PATH = "/keys.json";

export const CONFIG_DIRECTORY = "/opt/lakehouse/nessie";
export const CONFIG_FILE = "application.properties";
export const DATABASE = "nessie";
/** Where its tables lie in the bucket `warehouse`: nobody but its own user, and whom that gives keys, comes there. */
export const PREFIX = "nessie/";
/** The only warehouse. */
const WAREHOUSE = "lake";
export const GRACE_SECONDS = 30;

export interface Places {
  readonly jdbcUrl: string;
  readonly s3: { readonly url: string; readonly region: string; readonly bucket: string };
}

/** Three fifths of the memory are heap: classes, threads and buffers have the rest. */
export const heapMiB = (group: PodGroup): number => Math.floor((mainContainer(group).limits.memory * 0.6) / MiB);

export const startCommand = (group: PodGroup): readonly string[] => [
  "java",
  `-Xms${String(heapMiB(group))}m`,
  `-Xmx${String(heapMiB(group))}m`,
  "-XX:+UseG1GC",
  "-XX:+ExitOnOutOfMemoryError",
  "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
  `-Dquarkus.config.locations=${CONFIG_DIRECTORY}/${CONFIG_FILE}`,
  "-jar",
  "/deployments/quarkus-run.jar",
];

/** @param rules by name, in the server's language */
export function serverProperties(
  { connections, keyMinutes, roleArn, server: { replicas } }: NessieSettings,
  rules: Readonly<Record<string, string>>,
  { jdbcUrl, s3: { url, region, bucket } }: Places,
): string {
  const store = "nessie.catalog.service.s3.default-options";
  const source = "quarkus.datasource.postgresql";
  return properties({
    "quarkus.http.host": "127.0.0.1",
    "quarkus.http.port": SERVER_PORT,
    "quarkus.http.access-log.enabled": false,
    "quarkus.management.port": MANAGEMENT_PORT,
    "quarkus.otel.sdk.disabled": true,
    "quarkus.shutdown.timeout": `${String(GRACE_SECONDS - 10)}S`,
    "nessie.version.store.type": "JDBC2",
    "nessie.version.store.persist.jdbc.datasource": "postgresql",
    [`${source}.active`]: true,
    [`${source}.jdbc.url`]: jdbcUrl,
    [`${source}.jdbc.max-size`]: Math.max(2, Math.floor(connections / replicas)),
    [`${source}.username`]: "${NESSIE_DB_USER}",
    [`${source}.password`]: "${NESSIE_DB_PASSWORD}",
    // Keys are read from the container beside it, which may start later.
    "nessie.server.authentication.enabled": true,
    "quarkus.oidc.auth-server-url": `http://127.0.0.1:${String(KEYS_PORT)}`,
    "quarkus.oidc.discovery-enabled": false,
    "quarkus.oidc.jwks-path": KEYS_PATH,
    "quarkus.oidc.connection-delay": "60S",
    "quarkus.oidc.client-id": ISSUER,
    "quarkus.oidc.token.issuer": ISSUER,
    "quarkus.oidc.token.signature-algorithm": ALGORITHM.toLowerCase(),
    "nessie.server.authorization.enabled": true,
    ...Object.fromEntries(
      Object.entries(rules).map(([name, rule]) => [`nessie.server.authorization.rules.${name}`, rule]),
    ),
    "nessie.catalog.default-warehouse": WAREHOUSE,
    [`nessie.catalog.warehouses.${WAREHOUSE}.location`]: `s3://${bucket}/${PREFIX}`,
    [`${store}.endpoint`]: url,
    [`${store}.region`]: region,
    [`${store}.path-style-access`]: true,
    [`${store}.access-key`]: "urn:nessie-secret:quarkus:lakehouse.store",
    "lakehouse.store.name": "${NESSIE_S3_USER}",
    "lakehouse.store.secret": "${NESSIE_S3_PASSWORD}",
    // Whoever may sign requests would do so for as long as the catalog lets it: keys end by themselves, and Trino takes nothing else.
    [`${store}.request-signing-enabled`]: false,
    [`${store}.sts-endpoint`]: url,
    [`${store}.client-iam.enabled`]: true,
    [`${store}.client-iam.session-duration`]: `PT${String(keyMinutes)}M`,
    ...(roleArn === undefined ? {} : { [`${store}.client-iam.assume-role`]: roleArn }),
  });
}
