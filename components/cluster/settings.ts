import { z } from "zod";

import { repositoryUrl } from "../fields/addresses";
import { caBundle } from "../fields/ca";
import {
  cores,
  count,
  disk,
  dnsLabel,
  dnsSubdomain,
  labelKey,
  labelValue,
  memory,
  podSelector,
  port,
  section,
  withDefaults,
} from "../fields/fields";
import { cidr } from "../fields/ranges";
import { imagePullSecrets, ownRegistries, registryMirrors } from "../fields/registries";
import { gateway } from "./gateway";

const EFFECT = "NoSchedule, PreferNoSchedule or NoExecute";
const effect = z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"], { error: EFFECT });

const taint = section({
  key: labelKey.describe("such as node-role.kubernetes.io/control-plane"),
  value: labelValue.optional().describe("default none"),
  effect: effect.describe("effect on pods that do not tolerate it"),
});

const toleration = section({
  key: labelKey.describe("such as node-role.kubernetes.io/control-plane"),
  value: labelValue.optional().describe("default: every value"),
  effect: effect.optional().describe("default: every effect"),
});

const MOST_NODES = 5000;

/** A node, or several equal ones, and its share for the operating system, Kubernetes and everything that this stack does not run. */
export const node = section({
  name: dnsSubdomain.describe("the node's name in Kubernetes; with count, what the names begin with"),
  count: count(1, MOST_NODES)
    .optional()
    .describe("number of equal nodes, named <name>-1, <name>-2 and so on; default: one node of this very name"),
  pool: dnsLabel.describe("the pool that the node belongs to"),
  cpu: cores.describe("cores of the machine"),
  memory: memory.describe("memory of the machine, such as 96Gi"),
  system: section({
    cpu: cores.prefault(2).describe("cores reserved for the system; default 2"),
    memory: memory.prefault("16Gi").describe("memory reserved for the system; default 16Gi"),
  }).prefault({}),
  taints: z
    .array(taint, { error: "a list of taints: { key, value, effect }" })
    .default([])
    .describe(
      "the node's own taints, such as a control plane's: the stack does not change them, and only pods whose pool tolerates them run here; default none",
    ),
  disks: z
    .record(dnsSubdomain, disk, { error: "sizes by storage class, such as { openebs-lvm: 2Ti }" })
    .optional()
    .describe(
      "disk of this node for the volumes of each storage class, and as ephemeral-storage for spill, cache and shuffle, such as { openebs-lvm: 2Ti, ephemeral-storage: 1Ti }; classes that no node names, such as Ceph's, are not on nodes and not counted; default: not counted",
    ),
});

/** Each node by its own name: entries with a count are taken apart. */
export function namedNodes<N extends { readonly name: string; readonly count?: number | undefined }>(
  entries: readonly N[],
): N[] {
  return entries.flatMap((entry) =>
    entry.count === undefined
      ? [entry]
      : Array.from({ length: entry.count }, (_, at) => ({ ...entry, name: `${entry.name}-${String(at + 1)}` })),
  );
}

export const nodes = z
  .array(node, { error: "a list of nodes: { name, pool, cpu, memory }" })
  .min(1, { error: "at least one node" })
  .max(MOST_NODES, { error: `at most ${String(MOST_NODES)} nodes` })
  .refine((all) => namedNodes(all).length <= MOST_NODES, { error: `at most ${String(MOST_NODES)} nodes in all` })
  .describe("the machines of the cluster");

export const pool = section({
  default: z.boolean().default(false).describe("pods that name no pool go here; exactly one pool is the default"),
  fallback: dnsLabel
    .optional()
    .describe("next pool for pods that name none, when this one is full: read from the default pool on"),
  taint: z
    .enum(["NoSchedule", "PreferNoSchedule"], { error: "NoSchedule or PreferNoSchedule, or leave it out" })
    .optional()
    .describe(
      "keeps other pods away from the pool's nodes; `lakehouse taints` sets it and keeps the nodes' other taints",
    ),
  tolerations: z
    .array(toleration, { error: "a list of tolerations: { key, value, effect }" })
    .default([])
    .describe("taints of its nodes (nodes[].taints) that pods of this pool tolerate; default none"),
});

export const pools = z
  .record(dnsLabel, pool, { error: "a map of pools by name" })
  .describe("named groups of nodes: they become labels, taints, tolerations and affinity");

const ONE_HOST =
  "a URL whose host is an address or a name with a dot: a name without one is another host in each namespace";
const meansOneHost = (text: string) => /[.[]/.test(new URL(text).hostname);

/** Minor versions of Kubernetes that a stack may be for. */
export const KUBERNETES_VERSIONS = ["1.34", "1.35", "1.36"] as const;

export const cluster = withDefaults(
  section({
    kubernetes: z
      .enum(KUBERNETES_VERSIONS, { error: "1.34, 1.35 or 1.36, in quotes" })
      .default("1.36")
      .describe('minor version of Kubernetes; default "1.36"'),
    namespacePrefix: dnsLabel
      .max(20)
      .default("lakehouse")
      .describe("namespaces are <prefix>-<layer>; default lakehouse"),
    storageClass: dnsSubdomain.optional().describe("for volumes; default: the cluster's default storage class"),
    labelNodes: z
      .boolean()
      .default(true)
      .describe("set pool labels on the nodes; false where the node provisioner does it; default true"),
    protectData: z
      .boolean()
      .default(true)
      .describe(
        "refuse to delete volumes, buckets and databases, and keep them when the stack is destroyed; default true",
      ),
    buffer: z
      .number({ error: "a share between 0.1 and 1" })
      .min(0.1)
      .max(1)
      .default(0.7)
      .describe("share of a node, less the system's reserve, that pods may request; default 0.7"),
    apiServer: section({
      cidrs: z.array(cidr).min(1).optional().describe("addresses of the API server; default: the private IPv4 ranges"),
      ports: z.array(port).min(1).default([443, 6443]).describe("its ports; default [443, 6443]"),
    }).prefault({}),
    certManager: z
      .boolean()
      .default(false)
      .describe("whether cert-manager is in the cluster; without it settings that need it are refused; default false"),
    issuer: dnsSubdomain
      .optional()
      .describe(
        "cert-manager's ClusterIssuer for servers that several namespaces connect to; pods trust it by caBundle; default: none, and what needs it is refused",
      ),
    tls: z
      .boolean()
      .default(false)
      .describe(
        "object store, PostgreSQL, Kafka, metastore and Trino speak TLS alone, by certificates of issuer, and their clients verify names; needs certManager, issuer and caBundle; default false",
      ),
    gateway: gateway.describe("what leads from outside of the cluster to the hosts of lakehouse:doors"),
    dns: section({
      namespace: dnsLabel.default("kube-system").describe("namespace of the cluster's DNS; default kube-system"),
      labels: podSelector
        .default({ "k8s-app": "kube-dns" })
        .describe("labels of its pods; default { k8s-app: kube-dns }"),
      ports: z
        .array(port)
        .min(1)
        .default([53])
        .describe("ports that its pods listen on, behind the Service's own 53; default [53]"),
      cidrs: z
        .array(cidr)
        .prefault([])
        .describe(
          "addresses of DNS caches on the nodes, such as those of NodeLocal DNSCache (169.254.20.10/32, and the Service's own); default none",
        ),
    }).prefault({}),
    registryMirrors,
    ownRegistries,
    imagePullSecrets,
    caBundle,
    mavenMirror: repositoryUrl
      .refine(meansOneHost, { error: ONE_HOST })
      .optional()
      .describe(
        "Maven repository of libraries that upstream's images lack; only pods of lakehouse:storage.libraries reach it, by a network policy for its scheme, host and port; default: Maven Central",
      ),
  }),
);

export type ClusterSettings = z.output<typeof cluster>;
export type NodeSettings = z.output<typeof nodes>;
export type PoolSettings = z.output<typeof pools>;
