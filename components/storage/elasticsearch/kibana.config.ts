import type { SecretKeys } from "../../core/capabilities";
import { mainContainer, type PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import { imageFor } from "../../core/site";
import { pins } from "./pins";
import { KIBANA_VOLUMES } from "./pods";
import { login, podTemplate } from "./template";

/** The operator's resource that runs Kibana, as a pure function. */

export const API = "kibana.k8s.elastic.co/v1";
export const PORT = 5601;
/** Answers without a sign-in. */
export const HEALTH = "/api/status";

/** Node's own bound is the machine's memory, not the pod's. */
const nodeOptions = (group: PodGroup): string =>
  `--max-old-space-size=${String(Math.floor((0.7 * mainContainer(group).limits.memory) / MiB))}`;

const listens = { tcpSocket: { port: PORT } };

/**
 * Kibana. It is not associated with the Elasticsearch resource: the operator would make a user of its own for that, of which nothing
 * here could change the password. The operator generates the keys of sessions and of saved objects.
 */
export const kibanaSpec = (group: PodGroup, elasticsearch: string, keys: SecretKeys): object => ({
  version: pins.kibana.version,
  image: imageFor(group, pins.kibana.image),
  count: group.replicas,
  http: { tls: { selfSignedCertificate: { disabled: true } } },
  config: {
    "elasticsearch.hosts": [elasticsearch],
    "elasticsearch.username": "${ELASTICSEARCH_USER}",
    "elasticsearch.password": "${ELASTICSEARCH_PASSWORD}",
    "telemetry.optIn": false,
    "telemetry.allowChangingOptInStatus": false,
    // Both load packages and pages from outside.
    "xpack.fleet.enabled": false,
    "newsfeed.enabled": false,
  },
  podTemplate: podTemplate({
    group,
    version: pins.kibana.version,
    volumes: KIBANA_VOLUMES,
    inits: ["elastic-internal-init"],
    container: {
      name: "kibana",
      env: { NODE_OPTIONS: nodeOptions(group), ...login(keys, "ELASTICSEARCH_USER", "ELASTICSEARCH_PASSWORD") },
      startupProbe: { ...listens, periodSeconds: 10, failureThreshold: 60 },
      livenessProbe: { ...listens, periodSeconds: 15, failureThreshold: 4 },
    },
  }),
});
