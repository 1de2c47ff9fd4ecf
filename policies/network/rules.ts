import type { Field } from "../core/field";
import { type Labels, selects } from "../core/labels";
import { once } from "../core/once";
import { DOMAIN, type Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import type { Listener } from "../workloads/types";

export type Direction = "egress" | "ingress";

/** One rule of a NetworkPolicy: any of the peers, on any of the ports. */
export interface Rule {
  readonly field: Field;
  readonly peers: readonly Field[];
  readonly ports: readonly Field[];
}

export interface NetworkPolicy {
  readonly resource: Resource;
  readonly namespace: string | undefined;
  readonly selector: Field;
  /** Undefined if the policy does not apply to the direction; empty if it denies everything. */
  readonly egress: readonly Rule[] | undefined;
  readonly ingress: readonly Rule[] | undefined;
}

export const NETWORK_POLICY = "networking.k8s.io/NetworkPolicy";
const PEERS: Readonly<Record<Direction, string>> = { egress: "to", ingress: "from" };

export function networkPolicy(resource: Resource): NetworkPolicy {
  const spec = resource.root.at("spec");
  const types = spec.at("policyTypes");
  // An unknown type may be either.
  const named = (type: string) => types.unknown || types.items.some((item) => item.is(type) || item.unknown);
  const rules = (direction: Direction): Rule[] => {
    const list = spec.at(direction);
    // Unknown rules may allow anything.
    return (list.unknown ? [list] : list.items).map((field) => ({
      field,
      peers: field.at(PEERS[direction]).items,
      ports: field.at("ports").items,
    }));
  };
  return {
    resource,
    namespace: resource.namespace,
    selector: spec.at("podSelector"),
    // Defaults of the API without `policyTypes`: ingress always, egress if there are egress rules.
    egress: named("Egress") || (types.absent && !spec.at("egress").absent) ? rules("egress") : undefined,
    ingress: named("Ingress") || types.absent ? rules("ingress") : undefined,
  };
}

/** Whether a policy selects every pod of its namespace. */
export function selectsAll({ selector }: NetworkPolicy): boolean {
  return selector.at("matchLabels").entries.length === 0 && selector.at("matchExpressions").items.length === 0;
}

/** Whether a policy gives access to the API server: by an annotation, or by egress to addresses on port 6443. */
export function reachesApiServer({ resource, egress = [] }: NetworkPolicy): boolean {
  const declared = resource.annotation(`${DOMAIN}/api-server`) === "true";
  return egress.some(({ field, peers, ports }) => {
    const toAddresses = field.at("to").unknown || peers.some((peer) => !peer.at("ipBlock").absent);
    const onItsPort = (port: Field) => port.at("port").unknown || port.at("port").number === 6443;
    return toAddresses && (declared || field.at("ports").unknown || ports.some(onItsPort));
  });
}

/** One end of a connection. Labels of pods outside of the stack are unknown. */
export interface Side {
  readonly namespace: string | undefined;
  readonly labels: Labels;
  readonly listeners: readonly Listener[];
}

/** The NetworkPolicies of a stack, applied by the rules of Kubernetes. */
export class Network {
  private readonly policies = new Map<string, NetworkPolicy[]>();
  private readonly selected = new Map<Side, readonly NetworkPolicy[]>();

  /** One for each stack, shared by all policies of the pack. */
  static readonly of = once((stack: Stack) => new Network(stack));

  private constructor(private readonly stack: Stack) {
    for (const policy of stack.of(NETWORK_POLICY).map(networkPolicy)) {
      const namespace = policy.namespace ?? "";
      this.policies.set(namespace, [...(this.policies.get(namespace) ?? []), policy]);
    }
  }

  /** Policies of a namespace, and those whose namespace is unknown. */
  inNamespace(namespace: string): readonly NetworkPolicy[] {
    const [own = [], anywhere = []] = [this.policies.get(namespace), this.policies.get("")];
    return namespace === "" || anywhere.length === 0 ? own : [...own, ...anywhere];
  }

  get all(): NetworkPolicy[] {
    return [...this.policies.values()].flat();
  }

  /** Policies that select these pods. */
  policiesFor(side: Side): readonly NetworkPolicy[] {
    let policies = this.selected.get(side);
    if (policies === undefined) {
      policies = this.inNamespace(side.namespace ?? "").filter(({ selector }) => selects(selector, side.labels));
      this.selected.set(side, policies);
    }
    return policies;
  }

  /**
   * Whether the policies on one side allow a connection: `egress` at the client, `ingress` at the server. The port is the
   * container's; without one, any open port is enough. Everything is allowed in namespaces that the stack does not make.
   */
  allows(direction: Direction, client: Side, server: Side, port?: number): boolean {
    const [own, other] = direction === "egress" ? [client, server] : [server, client];
    if (!this.stack.manages(own.namespace)) return true;
    const isolating = this.policiesFor(own).filter((policy) => policy[direction] !== undefined);
    if (isolating.length === 0) return true;
    return isolating.some((policy) =>
      policy[direction]?.some(
        (rule) =>
          (rule.peers.length === 0 ||
            rule.peers.some((peer) => this.isPeer(peer, policy.namespace, other, rule, direction, port))) &&
          // The container's port behind a Service outside of the stack is unknown, so any open port is enough.
          (!this.stack.manages(server.namespace) || onPort(rule, port, server.listeners)),
      ),
    );
  }

  private isPeer(
    peer: Field,
    own: string | undefined,
    other: Side,
    rule: Rule,
    direction: Direction,
    port: number | undefined,
  ): boolean {
    const block = peer.at("ipBlock");
    if (block.absent) return this.selectsPods(peer, own, other);
    const wide = isWideRange(block.at("cidr"));
    if (this.stack.manages(other.namespace)) return wide;
    // Pods outside of the stack may use the host network. Only an ipBlock selects those, and the port must match.
    if (direction === "egress") return rule.ports.length === 0 || (port !== undefined && onPort(rule, port, []));
    return wide || rule.ports.some((one) => one.at("port").number === port);
  }

  /** Whether a peer (`namespaceSelector`, `podSelector`) of a policy in the namespace `own` selects these pods. */
  selectsPods(peer: Field, own: string | undefined, { namespace, labels }: Side): boolean {
    const namespaces = peer.at("namespaceSelector");
    const inNamespace = namespaces.absent
      ? namespace === own
      : namespace === undefined || selects(namespaces, this.labelsOf(namespace));
    return inNamespace && (peer.at("podSelector").absent || selects(peer.at("podSelector"), labels));
  }

  private labelsOf(namespace: string): Labels {
    return this.stack.namespaces.get(namespace) ?? { "kubernetes.io/metadata.name": namespace };
  }
}

/** Whether a rule includes a port of a container; true without a port. */
export function onPort({ ports }: Rule, port: number | undefined, listeners: readonly Listener[]): boolean {
  if (port === undefined || ports.length === 0) return true;
  return ports.some((one) => {
    const from = one.at("port");
    if (from.unknown || from.absent) return true;
    const named = listeners.find(({ name }) => name === from.value)?.port;
    const first = named ?? from.number;
    return first !== undefined && port >= first && port <= (one.at("endPort").number ?? first);
  });
}

/** Address ranges that are not routed on the internet. */
const PRIVATE =
  /^(?:0\.0\.0\.0\/32|10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe80)/i;

export function isPrivate(cidr: string): boolean {
  return PRIVATE.test(cidr);
}

/** A range with a prefix shorter than /8, which names no peer in particular. */
export function isWideRange(cidr: Field): boolean {
  const bits = /\/(\d+)$/.exec(cidr.text ?? "")?.[1];
  return bits !== undefined && Number(bits) < 8;
}
