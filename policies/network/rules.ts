import type { Field } from "../core/field";
import { type Labels, selects } from "../core/labels";
import { once } from "../core/once";
import { DOMAIN, type Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import type { Listener, Workload } from "../workloads/types";

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
  /** Undefined where the policy says nothing about the direction; empty where it denies all of it. */
  readonly egress: readonly Rule[] | undefined;
  readonly ingress: readonly Rule[] | undefined;
}

export const NETWORK_POLICY = "networking.k8s.io/NetworkPolicy";
const PEERS: Readonly<Record<Direction, string>> = { egress: "to", ingress: "from" };

export function networkPolicy(resource: Resource): NetworkPolicy {
  const spec = resource.root.at("spec");
  const types = spec.at("policyTypes");
  // What is not known yet may be either.
  const named = (type: string) => types.unknown || types.items.some((item) => item.is(type) || item.unknown);
  const rules = (direction: Direction): Rule[] => {
    const list = spec.at(direction);
    // Rules that are not known yet may let anything through.
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
    // The defaults of the API: ingress always, egress when there are rules for it.
    egress: named("Egress") || (types.absent && !spec.at("egress").absent) ? rules("egress") : undefined,
    ingress: named("Ingress") || types.absent ? rules("ingress") : undefined,
  };
}

/** It selects every pod of its namespace. */
export function selectsAll({ selector }: NetworkPolicy): boolean {
  return selector.at("matchLabels").entries.length === 0 && selector.at("matchExpressions").items.length === 0;
}

/** It gives access to the API server: says so, or lets out to addresses on the API server's own port. */
export function reachesApiServer({ resource, egress = [] }: NetworkPolicy): boolean {
  const declared = resource.annotation(`${DOMAIN}/api-server`) === "true";
  return egress.some(({ field, peers, ports }) => {
    const toAddresses = field.at("to").unknown || peers.some((peer) => !peer.at("ipBlock").absent);
    const onItsPort = (port: Field) => port.at("port").unknown || port.at("port").number === 6443;
    return toAddresses && (declared || field.at("ports").unknown || ports.some(onItsPort));
  });
}

/** One end of a connection. Labels of pods outside the stack are not known. */
export interface Side {
  readonly namespace: string | undefined;
  readonly labels: Labels;
  readonly listeners: readonly Listener[];
}

/** What the policies of a stack let through, by the rules of the Kubernetes API. */
export class Network {
  private readonly policies = new Map<string, NetworkPolicy[]>();
  private readonly selected = new Map<Side, readonly NetworkPolicy[]>();

  /** The same for all policies of the pack that ask. */
  static readonly of = once((stack: Stack) => new Network(stack));

  private constructor(private readonly stack: Stack) {
    for (const policy of stack.of(NETWORK_POLICY).map(networkPolicy)) {
      const namespace = policy.namespace ?? "";
      this.policies.set(namespace, [...(this.policies.get(namespace) ?? []), policy]);
    }
  }

  /** Policies of a namespace, and those of which it is not known yet. */
  in(namespace: string): readonly NetworkPolicy[] {
    const [own = [], anywhere = []] = [this.policies.get(namespace), this.policies.get("")];
    return namespace === "" || anywhere.length === 0 ? own : [...own, ...anywhere];
  }

  get all(): NetworkPolicy[] {
    return [...this.policies.values()].flat();
  }

  /** Policies about these pods. */
  about(side: Side): readonly NetworkPolicy[] {
    let policies = this.selected.get(side);
    if (policies === undefined) {
      policies = this.in(side.namespace ?? "").filter(({ selector }) => selects(selector, side.labels));
      this.selected.set(side, policies);
    }
    return policies;
  }

  /**
   * Whether traffic passes on one side: `egress` at the client, `ingress` at the server. The port is the container's;
   * without one any port will do. Namespaces that the stack does not make are somebody else's business.
   */
  allows(direction: Direction, client: Side, server: Side, port?: number): boolean {
    const [own, other] = direction === "egress" ? [client, server] : [server, client];
    if (!this.stack.manages(own.namespace)) return true;
    const isolating = this.about(own).filter((policy) => policy[direction] !== undefined);
    if (isolating.length === 0) return true;
    return isolating.some((policy) =>
      policy[direction]?.some(
        (rule) =>
          (rule.peers.length === 0 ||
            rule.peers.some((peer) => this.isPeer(peer, policy.namespace, other, rule, direction, port))) &&
          // Behind a Service of somebody else's the container's port is not known, so any port will do there.
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
    const wide = everywhere(block.at("cidr"));
    if (this.stack.manages(other.namespace)) return wide;
    // Pods of somebody else's may use the node's network; then only addresses reach them, on the very port that is named.
    if (direction === "egress") return rule.ports.length === 0 || (port !== undefined && onPort(rule, port, []));
    return wide || rule.ports.some((one) => one.at("port").number === port);
  }

  /** Whether a peer (`namespaceSelector`, `podSelector`) of a policy in a namespace means these pods. */
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

/** Whether a rule is about a port of a container; without one any port will do. */
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

/** Networks that nothing on the internet has an address of. */
const PRIVATE =
  /^(?:0\.0\.0\.0\/32|10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe80)/i;

export function isPrivate(cidr: string): boolean {
  return PRIVATE.test(cidr);
}

/** So wide that it names nobody. */
export function everywhere(cidr: Field): boolean {
  const bits = /\/(\d+)$/.exec(cidr.text ?? "")?.[1];
  return bits !== undefined && Number(bits) < 8;
}

/** Pods of the stack that a peer of a policy means. */
export function peerPods(
  network: Network,
  workloads: readonly Workload[],
  peer: Field,
  own: string | undefined,
): Workload[] {
  if (!peer.at("ipBlock").absent) return [];
  return workloads.filter((workload) => network.selectsPods(peer, own, workload));
}
