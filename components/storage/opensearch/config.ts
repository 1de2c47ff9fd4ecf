import { serviceHost } from "../../core/endpoint";
import type { PodGroup } from "../../core/pod-group";
import { trustEnv } from "../../core/trust";
import { heapMiB, leaders, type NodeRole } from "../search-nodes";
import { CONFIG_DIRECTORY, DATA_DIRECTORY } from "./pods";
import { ADMIN } from "./security";
import type { OpensearchSettings } from "./settings";

/** Files and scripts of the nodes, as pure functions of sizes. They hold no password: those come from Secrets at start. */

export const HTTP_PORT = 9200;
export const TRANSPORT_PORT = 9300;
/** Files as they are rendered: the start script puts them over the image's own. */
export const FILES_DIRECTORY = "/opt/lakehouse/conf";
export const SECURITY_DIRECTORY = "/opt/lakehouse/security";
export const CERTIFICATE_DIRECTORY = `${CONFIG_DIRECTORY}/transport`;
export const READY_FILE = "ready.sh";
export const ASK_FILE = "ask.sh";
/** The one certificate of all nodes. */
export const NODE_NAME = "opensearch-node";

const HOME = "/usr/share/opensearch";

export const nodeName = (role: NodeRole): string => `opensearch-${role}`;
/** Gives each node of a role a name in DNS. */
export const headless = (role: NodeRole): string => `${nodeName(role)}-nodes`;

function roles(role: NodeRole, settings: OpensearchSettings): readonly string[] {
  if (role === "coordinator") return [];
  if (role === "manager") return ["cluster_manager"];
  return [...(leaders(settings) === "data" ? ["cluster_manager"] : []), "data", "ingest"];
}

/** The launcher drops what it finds in JAVA_TOOL_OPTIONS. */
export function javaOptions(group: PodGroup): string {
  const { JAVA_TOOL_OPTIONS: trust } = trustEnv(group);
  const heap = String(heapMiB(group));
  return [`-Xms${heap}m`, `-Xmx${heap}m`, ...(trust === undefined ? [] : [trust])].join(" ");
}

/** Where copies go, and how. */
export interface S3Facts {
  readonly url: string;
  readonly region: string;
}

export function nodeYaml(
  role: NodeRole,
  settings: OpensearchSettings,
  namespace: string,
  s3: S3Facts | undefined,
): string {
  const voting = leaders(settings);
  const first = Array.from({ length: settings[voting].replicas }, (_, at) => `${nodeName(voting)}-${String(at)}`);
  return yaml({
    "cluster.name": "opensearch",
    "node.name": "${HOSTNAME}",
    "node.roles": roles(role, settings),
    "path.data": DATA_DIRECTORY,
    "network.host": "0.0.0.0",
    "http.port": HTTP_PORT,
    "transport.port": TRANSPORT_PORT,
    "discovery.seed_hosts": [`${serviceHost(headless(voting), namespace)}:${String(TRANSPORT_PORT)}`],
    // Read at the first start alone: a node that has seen a cluster looks for that one.
    "cluster.initial_cluster_manager_nodes": first,
    "cluster.default_number_of_replicas": copies(settings),
    // Files are read, not mapped: `vm.max_map_count` of machines stays as it is, and nothing privileged has to raise it.
    "node.store.allow_mmap": false,
    "plugins.security.ssl.transport.pemcert_filepath": "transport/tls.crt",
    "plugins.security.ssl.transport.pemkey_filepath": "transport/tls.key",
    "plugins.security.ssl.transport.pemtrustedcas_filepath": "transport/ca.crt",
    // Nodes reach each other by addresses, which change.
    "plugins.security.ssl.transport.enforce_hostname_verification": false,
    "plugins.security.ssl.certificates_hot_reload.enabled": true,
    "plugins.security.ssl.http.enabled": false,
    "plugins.security.nodes_dn": [`CN=${NODE_NAME}`],
    "plugins.security.allow_default_init_securityindex": true,
    "plugins.security.restapi.roles_enabled": ["all_access"],
    "plugins.security.system_indices.enabled": true,
    "plugins.security.audit.type": "noop",
    ...(s3 === undefined
      ? {}
      : {
          "s3.client.default.endpoint": s3.url,
          "s3.client.default.region": s3.region,
          "s3.client.default.path_style_access": true,
        }),
  });
}

/** Copies of each shard besides the first. */
export const copies = ({ data }: Pick<OpensearchSettings, "data">): number => (data.replicas > 1 ? 1 : 0);

/** JSON is YAML. */
const yaml = (entries: Readonly<Record<string, unknown>>): string =>
  Object.entries(entries)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join("");

/**
 * Makes the configuration of this start: the image's, for its plugins, with ours over it; the hash of the password that the first
 * start of a cluster begins with; the keys of the object store in the keystore, where no file and no list of processes shows them.
 */
export function startScript(s3: boolean): string {
  const security = `${CONFIG_DIRECTORY}/opensearch-security`;
  const keystore = `${HOME}/bin/opensearch-keystore`;
  const key = (name: string, variable: string) =>
    `printf '%s' "$${variable}" | ${keystore} add --force --stdin s3.client.default.${name}`;
  return [
    "umask 077",
    "rm -f /tmp/began /tmp/started",
    `cp -r ${HOME}/config/. ${CONFIG_DIRECTORY}`,
    `rm -rf ${security} ${CONFIG_DIRECTORY}/opensearch.keystore`,
    `mkdir ${security}`,
    `cp ${FILES_DIRECTORY}/opensearch.yml ${CONFIG_DIRECTORY}/`,
    `cp ${SECURITY_DIRECTORY}/*.yml ${security}/`,
    `hash="$(${HOME}/plugins/opensearch-security/tools/hash.sh -env ADMIN_PASSWORD | tail -n 1)"`,
    `cat > ${security}/internal_users.yml <<USERS`,
    '_meta: { type: "internalusers", config_version: 2 }',
    `${ADMIN}: { hash: "$hash", reserved: true, backend_roles: ["admin"] }`,
    "USERS",
    `${keystore} create`,
    ...(s3 ? [key("access_key", "S3_ACCESS_KEY"), key("secret_key", "S3_SECRET_KEY")] : []),
    "unset hash ADMIN_PASSWORD S3_ACCESS_KEY S3_SECRET_KEY",
    `exec ${HOME}/bin/opensearch`,
  ].join("\n");
}

/** How long a node that starts may wait for all copies before clients come to it. */
const PATIENCE_SECONDS = 600;

/**
 * A node that starts is ready once every shard has its copies: the next one of a rolling update is not taken before. After that it is
 * ready as long as it answers, whatever becomes of others.
 */
export function readyScript(settings: Pick<OpensearchSettings, "data">): string {
  const status = copies(settings) > 0 ? "green" : "yellow";
  return [
    `path="_cluster/health?wait_for_status=${status}&timeout=1s"`,
    "now=$(date +%s)",
    '[ -f /tmp/began ] || echo "$now" > /tmp/began',
    `if [ -f /tmp/started ] || [ $((now - $(cat /tmp/began))) -gt ${String(PATIENCE_SECONDS)} ]; then path=; fi`,
    `sh ${FILES_DIRECTORY}/${ASK_FILE} "$path" > /dev/null || exit 1`,
    "touch /tmp/started",
    "",
  ].join("\n");
}

/** Asks the node as its admin, for the probe and for people: the password is in no list of processes. */
export const askScript = (): string =>
  [
    `printf 'user = "${ADMIN}:%s"\\n' "$ADMIN_PASSWORD" |`,
    `  curl --silent --show-error --fail --max-time 8 --config - "http://127.0.0.1:${String(HTTP_PORT)}/$1"`,
    "",
  ].join("\n");
