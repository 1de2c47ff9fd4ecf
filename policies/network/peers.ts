import type { Field } from "../core/field";
import { labelsOf } from "../core/labels";
import { everywhere, type Network, onPort, type Rule, type Side } from "./rules";

/** Who stands behind a peer of a policy: pods, or a range of addresses. */
export interface Caller extends Side {
  /** As people read it: callers of the same title are the same. */
  readonly title: string;
  readonly cidr: string | undefined;
}

/** Ingress rules about a port, with the namespace of their policy; undefined when nothing isolates the pods. */
function rulesOn(network: Network, pods: Side, port: number): [Rule, string | undefined][] | undefined {
  const isolating = network.about(pods).filter(({ ingress }) => ingress !== undefined);
  if (isolating.length === 0) return undefined;
  return isolating.flatMap(({ namespace, ingress = [] }) =>
    ingress
      .filter((rule) => onPort(rule, port, pods.listeners))
      .map((rule): [Rule, string | undefined] => [rule, namespace]),
  );
}

/** Whether anybody at all may reach a port, or anybody of a kind. */
export function admits(network: Network, pods: Side, port: number, from?: (peer: Field) => boolean): boolean {
  const rules = rulesOn(network, pods, port);
  return (
    rules?.some(([{ field, peers }]) => from === undefined || field.at("from").unknown || peers.some(from)) ?? true
  );
}

export function admitsCaller(network: Network, pods: Side, port: number, caller: Caller): boolean {
  const rules = rulesOn(network, pods, port);
  return (
    rules?.some(([{ peers }, own]) => all(peers) || peers.some((peer) => means(network, peer, own, caller))) ?? true
  );
}

/** Everybody whom the policies name for a port, each once; undefined when it is open to all. */
export function callersOn(network: Network, pods: Side, port: number): Caller[] | undefined {
  const rules = rulesOn(network, pods, port);
  if (rules === undefined || rules.some(([{ peers }]) => all(peers))) return undefined;
  const callers = rules.flatMap(([{ peers }, own]) => peers.flatMap((peer) => callerOf(peer, own) ?? []));
  return [...new Map(callers.map((caller) => [caller.title, caller])).values()];
}

function all(peers: readonly Field[]): boolean {
  return peers.length === 0 || peers.some((peer) => everywhere(peer.at("ipBlock", "cidr")));
}

function means(network: Network, peer: Field, own: string | undefined, caller: Caller): boolean {
  const block = peer.at("ipBlock");
  if (!block.absent) return block.at("cidr").unknown || block.at("cidr").text === caller.cidr;
  if (caller.cidr !== undefined) return false;
  return callerOf(peer, own)?.title === caller.title || network.selectsPods(peer, own, caller);
}

/** Undefined where a part is not known before the update. */
function callerOf(peer: Field, own: string | undefined): Caller | undefined {
  const block = peer.at("ipBlock");
  if (!block.absent) {
    const cidr = block.at("cidr").text;
    if (cidr === undefined) return undefined;
    return { namespace: undefined, labels: undefined, listeners: [], cidr, title: `addresses ${cidr}` };
  }
  const namespaces = peer.at("namespaceSelector");
  const pods = peer.at("podSelector");
  if ([namespaces, pods].some(vague)) return undefined;
  const namespace = namespaces.absent ? own : namespaces.at("matchLabels", "kubernetes.io/metadata.name").text;
  const described = describe(pods);
  const who = described === undefined ? "all pods" : `pods with ${described}`;
  const title = `${who} in ${spaces(namespaces, namespace)}`;
  return { namespace, labels: labelsOf(pods.at("matchLabels")), listeners: [], cidr: undefined, title };
}

function vague(selector: Field): boolean {
  const labels = labelsOf(selector.at("matchLabels"));
  return selector.unknown || labels === undefined || Object.values(labels).includes(null);
}

function spaces(selector: Field, name: string | undefined): string {
  if (name !== undefined) return `namespace ${name}`;
  const described = describe(selector);
  return described === undefined ? "all namespaces" : `namespaces with ${described}`;
}

/** `a=b, c=d`; undefined for a selector that selects everything. */
function describe(selector: Field): string | undefined {
  const labels = selector.at("matchLabels").entries.map(([key, value]) => `${key}=${String(value.value)}`);
  const expressions = selector.at("matchExpressions").items.map(({ value }) => JSON.stringify(value));
  return labels.length + expressions.length === 0 ? undefined : [...labels.sort(), ...expressions].join(", ");
}

/** Whether pods are among those that a caller's labels mean. */
export function isAmong(pods: Side, { cidr, namespace, labels }: Caller): boolean {
  if (cidr !== undefined || namespace !== pods.namespace || labels === undefined) return false;
  return Object.entries(labels).every(([key, value]) => {
    const actual = pods.labels?.[key];
    return actual === null || actual === value;
  });
}
