import type { SecretKeys } from "../../core/capabilities";
import { serviceHost } from "../../core/endpoint";
import type { PodGroup } from "../../core/pod-group";
import { imageFor } from "../../core/site";
import { trustEnv } from "../../core/trust";
import { pins } from "./pins";
import { front, heapMiB, leaders, type NodeRole } from "../search-nodes";
import { NAME, NODE_VOLUMES } from "./pods";
import type { ElasticsearchSettings } from "./settings";
import { claimTemplates, podTemplate } from "./template";

/** The operator's resource that runs the nodes, as a pure function. */

export const API = "elasticsearch.k8s.elastic.co/v1";
export const HTTP_PORT = 9200;
export const TRANSPORT_PORT = 9300;

/** Secrets that the operator makes users and roles of the nodes from. */
export const USERS_SECRET = "elasticsearch-access-users";
export const ROLES_SECRET = "elasticsearch-access-roles";

/** The operator's name of the StatefulSet of a role, and of its headless Service. */
export const setName = (role: NodeRole): string => `${NAME}-es-${role}`;

/** URLs of the nodes that clients connect to, one by one. */
export const frontNodes = (settings: ElasticsearchSettings, namespace: string): string[] => {
  const role = front(settings);
  const set = setName(role);
  return Array.from(
    { length: settings[role].replicas },
    (_, at) => `http://${set}-${String(at)}.${serviceHost(set, namespace)}:${String(HTTP_PORT)}`,
  );
};

function roles(role: NodeRole, settings: ElasticsearchSettings): readonly string[] {
  if (role === "coordinator") return [];
  if (role === "manager") return ["master"];
  return [...(leaders(settings) === "data" ? ["master"] : []), "data", "ingest"];
}

/** Place of the copies. */
export interface S3Facts {
  readonly url: string;
  readonly region: string;
  readonly keys: SecretKeys;
}

/** Settings of a node besides those that the operator writes: names, discovery, certificates, realms. */
export function nodeConfig(role: NodeRole, settings: ElasticsearchSettings, s3: S3Facts | undefined): object {
  return {
    "node.roles": roles(role, settings),
    // Files are read, not mapped: `vm.max_map_count` of machines stays as it is, and nothing privileged has to raise it.
    "node.store.allow_mmap": false,
    // It would be downloaded from outside.
    "ingest.geoip.downloader.enabled": false,
    // Upstream's own templates have the patterns of ours.
    "stack.templates.enabled": false,
    // Needs another licence than the basic one.
    "xpack.ml.enabled": false,
    "xpack.watcher.enabled": false,
    ...(s3 === undefined
      ? {}
      : {
          "s3.client.default.endpoint": s3.url,
          "s3.client.default.region": s3.region,
          "s3.client.default.path_style_access": true,
        }),
  };
}

/** Copies of each shard besides the primary. */
export const copies = ({ data }: Pick<ElasticsearchSettings, "data">): number => (data.replicas > 1 ? 1 : 0);

/** Elasticsearch's launcher drops JAVA_TOOL_OPTIONS. */
export function javaOptions(group: PodGroup): string {
  const heap = String(heapMiB(group));
  const { JAVA_TOOL_OPTIONS: trust } = trustEnv(group);
  return [`-Xms${heap}m`, `-Xmx${heap}m`, ...(trust === undefined ? [] : [trust])].join(" ");
}

const listens = { tcpSocket: { port: HTTP_PORT } };

function nodeSet(group: PodGroup, settings: ElasticsearchSettings, s3: S3Facts | undefined): object {
  const role = group.role as NodeRole;
  return {
    name: role,
    count: group.replicas,
    config: nodeConfig(role, settings, s3),
    podTemplate: podTemplate({
      group,
      version: pins.elasticsearch.version,
      volumes: NODE_VOLUMES,
      inits: [
        "elastic-internal-init-filesystem",
        ...(s3 === undefined ? [] : ["elastic-internal-init-keystore"]),
        "elastic-internal-suspend",
      ],
      container: {
        name: "elasticsearch",
        env: { ES_JAVA_OPTS: javaOptions(group) },
        // It listens once it has read what is on its volume. Readiness and the stop of a node are the operator's.
        startupProbe: { ...listens, periodSeconds: 5, failureThreshold: 120 },
        livenessProbe: { ...listens, periodSeconds: 15, failureThreshold: 4 },
      },
    }),
    ...(group.volumes.length === 0 ? {} : { volumeClaimTemplates: claimTemplates(group) }),
  };
}

/** The nodes (Elasticsearch). */
export function clusterSpec(
  groups: readonly PodGroup[],
  settings: ElasticsearchSettings,
  s3: S3Facts | undefined,
): object {
  const [first] = groups;
  if (first === undefined) throw new Error("Elasticsearch has no nodes");
  return {
    version: pins.elasticsearch.version,
    image: imageFor(first, pins.elasticsearch.image),
    // As all else in the stack; between nodes there is always TLS, by certificates of the operator.
    http: { tls: { selfSignedCertificate: { disabled: true } } },
    auth: {
      disableElasticUser: true,
      fileRealm: [{ secretName: USERS_SECRET }],
      roles: [{ secretName: ROLES_SECRET }],
    },
    ...(s3 === undefined
      ? {}
      : {
          secureSettings: [
            {
              secretName: s3.keys.secret,
              entries: [
                { key: s3.keys.userKey, path: "s3.client.default.access_key" },
                { key: s3.keys.passwordKey, path: "s3.client.default.secret_key" },
              ],
            },
          ],
        }),
    // The namespace's quota has no room for an old pod beside its new one.
    updateStrategy: { changeBudget: { maxSurge: 0, maxUnavailable: 1 } },
    // By default the operator deletes the claims together with the resource.
    volumeClaimDeletePolicy: "DeleteOnScaledownOnly",
    nodeSets: groups.map((group) => nodeSet(group, settings, s3)),
  };
}
