import type { Field } from "../core/field";
import { labelsOf } from "../core/labels";
import { isWideRange, type Network, onPort, type Rule, type Side } from "./rules";

/** The clients that a peer of a policy admits: pods, or a range of addresses. */
export interface Caller extends Side {
  /** The name in messages, and the identity: callers with the same title are equal. */
  readonly title: string;
  readonly cidr: string | undefined;
}

/** Ingress rules for a port, with the namespace of their policy; undefined if no policy isolates the pods. */
function rulesOn(network: Network, pods: Side, port: number): [Rule, string | undefined][] | undefined {
  const isolating = network.policiesFor(pods).filter(({ ingress }) => ingress !== undefined);
  if (isolating.length === 0) return undefined;
  return isolating.flatMap(({ namespace, ingress = [] }) =>
    ingress
      .filter((rule) => onPort(rule, port, pods.listeners))
      .map((rule): [Rule, string | undefined] => [rule, namespace]),
  );
}

/** Whether any peer may reach a port; with `from`, only peers for which it is true count. */
export function admits(network: Network, pods: Side, port: number, from?: (peer: Field) => boolean): boolean {
  const rules = rulesOn(network, pods, port);
  return (
    rules?.some(([{ field, peers }]) => from === undefined || field.at("from").unknown || peers.some(from)) ?? true
  );
}

export function admitsCaller(network: Network, pods: Side, port: number, caller: Caller): boolean {
  const rules = rulesOn(network, pods, port);
  return (
    rules?.some(([{ peers }, own]) => all(peers) || peers.some((peer) => includes(network, peer, own, caller))) ?? true
  );
}

/** All callers that policies admit to a port, each once; undefined if it is open to everybody. */
export function callersOn(network: Network, pods: Side, port: number): Caller[] | undefined {
  const rules = rulesOn(network, pods, port);
  if (rules === undefined || rules.some(([{ peers }]) => all(peers))) return undefined;
  const callers = rules.flatMap(([{ peers }, own]) => peers.flatMap((peer) => callerOf(peer, own) ?? []));
  return [...new Map(callers.map((caller) => [caller.title, caller])).values()];
}

function all(peers: readonly Field[]): boolean {
  return peers.length === 0 || peers.some((peer) => isWideRange(peer.at("ipBlock", "cidr")));
}

/** Whether a peer of a policy in the namespace `own` includes a caller. */
function includes(network: Network, peer: Field, own: string | undefined, caller: Caller): boolean {
  const block = peer.at("ipBlock");
  if (!block.absent) return block.at("cidr").unknown || block.at("cidr").text === caller.cidr;
  if (caller.cidr !== undefined) return false;
  return callerOf(peer, own)?.title === caller.title || network.selectsPods(peer, own, caller);
}

/** Undefined if a part is unknown before the update. */
function callerOf(peer: Field, own: string | undefined): Caller | undefined {
  const block = peer.at("ipBlock");
  if (!block.absent) {
    const cidr = block.at("cidr").text;
    if (cidr === undefined) return undefined;
    return { namespace: undefined, labels: undefined, listeners: [], cidr, title: `addresses ${cidr}` };
  }
  const namespaces = peer.at("namespaceSelector");
  const pods = peer.at("podSelector");
  if ([namespaces, pods].some(hasUnknown)) return undefined;
  const namespace = namespaces.absent ? own : namespaces.at("matchLabels", "kubernetes.io/metadata.name").text;
  const described = describe(pods);
  const who = described === undefined ? "all pods" : `pods with ${described}`;
  const title = `${who} in ${spaces(namespaces, namespace)}`;
  return { namespace, labels: labelsOf(pods.at("matchLabels")), listeners: [], cidr: undefined, title };
}

function hasUnknown(selector: Field): boolean {
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

/** Whether pods have the labels and the namespace of a caller. */
export function isAmong(pods: Side, { cidr, namespace, labels }: Caller): boolean {
  if (cidr !== undefined || namespace !== pods.namespace || labels === undefined) return false;
  return Object.entries(labels).every(([key, value]) => {
    const actual = pods.labels?.[key];
    return actual === null || actual === value;
  });
}
