import { mainContainer, type PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { DASHBOARDS_DIRECTORY } from "./pods";

/** Dashboards' file, as a pure function. Secrets stand in it as `${NAME}` only. */

export const PORT = 5601;
export const FILES_DIRECTORY = "/opt/lakehouse/conf";
/** Answers without a sign-in. */
export const HEALTH = "/api/status";

export function dashboardsYaml(url: string): string {
  const entries: Readonly<Record<string, unknown>> = {
    "server.name": "opensearch-dashboards",
    "server.host": "0.0.0.0",
    "server.port": PORT,
    "path.data": DASHBOARDS_DIRECTORY,
    "opensearch.hosts": [url],
    "opensearch.username": "${OPENSEARCH_USER}",
    "opensearch.password": "${OPENSEARCH_PASSWORD}",
    "opensearch.requestHeadersAllowlist": ["authorization"],
    "opensearch_security.multitenancy.enabled": false,
    // Upstream's default is the same everywhere: whoever knows it makes sessions.
    "opensearch_security.cookie.password": "${COOKIE_PASSWORD}",
    "opensearch_security.auth.unauthenticated_routes": [HEALTH],
    "telemetry.enabled": false,
  };
  return Object.entries(entries)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join("");
}

/** Node's own bound is the machine's memory, not the pod's. */
export const nodeOptions = (group: PodGroup): string =>
  `--max-old-space-size=${String(Math.floor((0.7 * mainContainer(group).limits.memory) / MiB))}`;
