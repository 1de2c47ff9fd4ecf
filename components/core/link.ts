import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { type Endpoint, isSecure, type Peer, url } from "./endpoint";
import { DOMAIN, type Labels, labels } from "./labels";

/** A NetworkPolicy of one side of a link. */
export interface LinkPolicy {
  readonly side: "egress" | "ingress";
  readonly name: string;
  readonly namespace: string;
  readonly annotations: Record<string, string>;
  readonly spec: k8s.types.input.networking.v1.NetworkPolicySpec;
}

/** The policies that a connection needs: one on each side that denies by default. */
export function linkPolicies(from: Peer, to: Endpoint): LinkPolicy[] {
  const ports = to.targetPorts.map((port) => ({ port, protocol: to.protocol }));
  const policies: LinkPolicy[] = [];
  if (from.kind === "pods" && from.managed) {
    policies.push({
      side: "egress",
      name: `${from.name}-to-${to.name}`,
      namespace: from.namespace,
      annotations: reason(to.peer, "egress"),
      spec: { podSelector: podSelector(from.labels), policyTypes: ["Egress"], egress: [{ to: peers(to.peer), ports }] },
    });
  }
  if (to.peer.kind === "pods" && to.peer.managed) {
    policies.push({
      side: "ingress",
      name: `${to.name}-from-${from.name}`,
      namespace: to.peer.namespace,
      annotations: reason(from, "ingress"),
      spec: {
        podSelector: podSelector(to.peer.labels),
        policyTypes: ["Ingress"],
        ingress: [{ from: peers(from), ports }],
      },
    });
  }
  return policies;
}

/** All pods are `{}`: the API server drops an empty `matchLabels`, so applying it again would write the object each time. */
function podSelector(all: Labels): k8s.types.input.meta.v1.LabelSelector {
  return Object.keys(all).length === 0 ? {} : { matchLabels: all };
}

function peers(peer: Peer): k8s.types.input.networking.v1.NetworkPolicyPeer[] {
  if (peer.kind === "range") return peer.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
  return [
    {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": peer.namespace } },
      podSelector: podSelector(peer.labels),
    },
  ];
}

function reason(peer: Peer, side: "egress" | "ingress"): Record<string, string> {
  return peer.kind === "range" && peer.reason !== undefined ? { [`${DOMAIN}/${side}-reason`]: peer.reason } : {};
}

/** `lakehouse-query/trino-worker`; a range of addresses has no namespace. */
const placeOf = (peer: Peer): string => (peer.kind === "pods" ? `${peer.namespace}/${peer.name}` : peer.name);

export interface LinkArgs {
  readonly from: Peer;
  readonly to: Endpoint;
}

/**
 * "This client uses that endpoint": the only way to connect two things. It yields the client's URL and the network
 * policies of both sides; nothing is reachable without one.
 */
export class Link extends pulumi.ComponentResource {
  /** What the client connects to. */
  readonly url: string;

  constructor(name: string, args: LinkArgs, opts?: pulumi.ComponentResourceOptions) {
    const { from, to } = args;
    // A plan lists links by these inputs, and finds the systems on both sides by their pods.
    super(
      "lakehouse:core:Link",
      name,
      {
        from: from.name,
        to: to.name,
        port: to.port,
        protocol: to.protocol,
        client: placeOf(from),
        server: placeOf(to.peer),
        ...(isSecure(to) ? { tls: true } : {}),
      },
      opts,
    );
    for (const policy of linkPolicies(from, to)) {
      const { side, namespace, annotations, spec } = policy;
      new k8s.networking.v1.NetworkPolicy(
        `${name}-${side}`,
        {
          metadata: {
            name: policy.name,
            namespace,
            annotations,
            labels: labels({ service: policy.name, role: "link" }),
          },
          spec,
        },
        { parent: this },
      );
    }
    this.url = url(to);
    this.registerOutputs({ url: this.url });
  }
}
