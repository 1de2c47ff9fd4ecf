import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { Endpoint, PodPeer, Protocol } from "../core/endpoint";
import { labels } from "../core/labels";
import { Link } from "../core/link";
import type { Node } from "../core/node";
import { caConfigMap } from "../core/trust";
import type { StackNamespace } from "./namespaces";
import { poolLabels } from "./registration";
import { PRIORITIES } from "../core/priorities";
import type { DnsServers, NamespaceKey, Platform } from "../core/platform";

export { platform } from "./platform";
export { Capacity } from "./capacity";
export { stackNamespaces } from "./namespaces";

export interface ClusterArgs {
  readonly platform: Platform;
  /** Minor version of Kubernetes, for Pod Security. */
  readonly kubernetes: string;
  readonly namespaces: readonly StackNamespace[];
  /** Sets the pools' labels on the nodes. */
  readonly labelNodes: boolean;
}

/** Pool labels of nodes, priority classes, and isolated namespaces. */
export class Cluster extends pulumi.ComponentResource {
  /** Names by key. */
  readonly namespaces: Readonly<Partial<Record<NamespaceKey, string>>>;

  constructor(name: string, args: ClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:cluster:Cluster", name, {}, opts);
    const child = { parent: this };
    if (args.labelNodes) for (const node of args.platform.nodes) nodePatch(node, child);
    for (const [className, value] of Object.entries(PRIORITIES)) {
      new k8s.scheduling.v1.PriorityClass(
        className,
        {
          metadata: { name: className, labels: labels({ service: className, role: "priority" }) },
          value,
          preemptionPolicy: "PreemptLowerPriority",
          description: "Set by the lakehouse stack",
        },
        child,
      );
    }
    this.namespaces = Object.fromEntries(args.namespaces.map(({ key, name: namespace }) => [key, namespace]));
    for (const { name: namespace, holdsData, readsHost, baseline } of args.namespaces) {
      const { dns, dataOptions, caBundle } = args.platform;
      const data = holdsData ? dataOptions : {};
      const security = readsHost ? "privileged" : baseline ? "baseline" : "restricted";
      new IsolatedNamespace(namespace, { kubernetes: args.kubernetes, security, dns, data, caBundle }, child);
    }
    this.registerOutputs({ namespaces: this.namespaces });
  }
}

/**
 * Sets the pool label of an existing node and nothing else. Taints are one list: applying one of them would own all, with those of
 * a control plane or of a node that is being drained (docs/decisions/0018-taints.md).
 */
function nodePatch(node: Node, opts: pulumi.CustomResourceOptions): void {
  new k8s.core.v1.NodePatch(
    node.name,
    {
      metadata: { name: node.name, labels: { ...poolLabels(node) }, annotations: { "pulumi.com/patchForce": "true" } },
    },
    // Nodes keep their labels when the stack is destroyed.
    { ...opts, retainOnDelete: true },
  );
}

interface IsolatedNamespaceArgs {
  readonly kubernetes: string;
  /** Level of Pod Security. */
  readonly security: "restricted" | "baseline" | "privileged";
  readonly dns: Platform["dns"];
  /** Protection of the namespace itself. */
  readonly data: Partial<Platform["dataOptions"]>;
  readonly caBundle: Platform["caBundle"];
}

/** A namespace that admits only restricted pods (but for those that read their node, and those of one operator), gives containers without a size a small one, and allows no traffic but DNS. */
class IsolatedNamespace extends pulumi.ComponentResource {
  constructor(name: string, args: IsolatedNamespaceArgs, opts: pulumi.ComponentResourceOptions) {
    super("lakehouse:cluster:IsolatedNamespace", name, {}, opts);
    const { kubernetes, security, dns, data, caBundle } = args;
    const named = labels({ service: name, role: "namespace" });
    const namespace = new k8s.core.v1.Namespace(
      name,
      {
        metadata: {
          name,
          labels: {
            ...named,
            "pod-security.kubernetes.io/enforce": security,
            "pod-security.kubernetes.io/enforce-version": `v${kubernetes}`,
            "pod-security.kubernetes.io/warn": security,
          },
        },
      },
      { parent: this, ...data },
    );
    const child = { parent: this, dependsOn: [namespace] };
    new k8s.core.v1.LimitRange(
      name,
      {
        metadata: { name: "defaults", namespace: name, labels: named },
        spec: {
          limits: [
            {
              type: "Container",
              default: { cpu: "500m", memory: "256Mi" },
              defaultRequest: { cpu: "100m", memory: "256Mi" },
            },
          ],
        },
      },
      child,
    );
    new k8s.networking.v1.NetworkPolicy(
      `${name}-default-deny`,
      {
        metadata: { name: "default-deny", namespace: name, labels: named },
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      },
      child,
    );
    if (caBundle !== undefined) caConfigMap(name, caBundle, child);
    const everyone: PodPeer = { kind: "pods", name: "all", namespace: name, labels: {}, managed: true };
    for (const servers of dns) {
      for (const protocol of ["UDP", "TCP"] as const) {
        const to = dnsEndpoint(servers, protocol);
        new Link(`${name}-to-${to.name}`, { from: everyone, to }, child);
      }
    }
    this.registerOutputs();
  }
}

function dnsEndpoint({ peer, ports }: DnsServers, protocol: Protocol): Endpoint {
  return {
    name: `${peer.name}-${protocol.toLowerCase()}`,
    peer,
    host: "kube-dns.kube-system.svc",
    port: 53,
    targetPorts: ports,
    protocol,
    scheme: "dns",
  };
}
