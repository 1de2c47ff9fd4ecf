/**
 * What the ECK operator adds to the settings of a node (3.5.0, `pkg/controller/elasticsearch/settings/merged_config.go`).
 * `test/cluster/eck.test.ts` holds it against what the real operator writes.
 */

const HOME = "/usr/share/elasticsearch";
const TRANSPORT = `${HOME}/config/transport-certs`;

/** Settings in one level, as the operator merges them: the stack's win. @param first nodes that form a new cluster */
export function operatedSettings(
  own: Readonly<Record<string, unknown>>,
  { cluster, first }: { readonly cluster: string; readonly first: readonly string[] },
): Record<string, unknown> {
  return {
    "node.name": "${POD_NAME}",
    "cluster.name": cluster,
    "network.publish_host": "${POD_IP}",
    "http.publish_host": "${POD_NAME}.${HEADLESS_SERVICE_NAME}.${NAMESPACE}.svc",
    "network.host": "0",
    "cluster.routing.allocation.awareness.attributes": "k8s_node_name",
    "node.attr.k8s_node_name": "${NODE_NAME}",
    "path.data": `${HOME}/data`,
    "path.logs": `${HOME}/logs`,
    "discovery.seed_providers": "file",
    "discovery.seed_hosts": [],
    "readiness.port": "8080",
    "xpack.security.enabled": "true",
    "xpack.security.authc.reserved_realm.enabled": "false",
    "xpack.security.authc.realms.file.file1.order": -100,
    "xpack.security.authc.realms.native.native1.order": -99,
    "xpack.security.http.ssl.enabled": false,
    "xpack.security.http.ssl.certificate": `${HOME}/config/http-certs/tls.crt`,
    "xpack.security.http.ssl.key": `${HOME}/config/http-certs/tls.key`,
    "xpack.security.http.ssl.certificate_authorities": `${HOME}/config/http-certs/ca.crt`,
    "xpack.security.transport.ssl.enabled": "true",
    "xpack.security.transport.ssl.verification_mode": "certificate",
    "xpack.security.transport.ssl.certificate": `${TRANSPORT}/\${POD_NAME}.tls.crt`,
    "xpack.security.transport.ssl.key": `${TRANSPORT}/\${POD_NAME}.tls.key`,
    "xpack.security.transport.ssl.certificate_authorities": [
      `${TRANSPORT}/ca.crt`,
      `${HOME}/config/transport-remote-certs/ca.crt`,
    ],
    "xpack.license.upload.types": ["trial", "enterprise"],
    ...own,
    ...(first.length === 0 ? {} : { "cluster.initial_master_nodes": [...first] }),
  };
}

/** One setting a line. JSON is YAML. */
export const yamlOf = (settings: Readonly<Record<string, unknown>>): string =>
  Object.entries(settings)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join("");
