import { BlockList, isIP } from "node:net";

import type { Violation } from "../core/define";
import type { Field } from "../core/field";
import type { Stack } from "../core/stack";
import { rolePrefix, shortName } from "../workloads/types";
import type { Inside } from "./commands";
import { isComment } from "./hosts";
import { textsOf } from "./needs";
import { isPrivate, type Network, type NetworkPolicy, onPort, reachesApiServer } from "./rules";

/** A place outside of the cluster that some text names by a URL. */
export interface OutsideReference {
  /** Name or address, without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Ports of schemes whose URLs often name none. A scheme that is not here, and no port, names no connection: `s3://bucket`. */
const PORTS: ReadonlyMap<string, number> = new Map([
  ["amqp", 5672],
  ["amqps", 5671],
  ["http", 80],
  ["https", 443],
  ["ldap", 389],
  ["ldaps", 636],
  ["mongodb", 27_017],
  ["mysql", 3306],
  ["postgres", 5432],
  ["postgresql", 5432],
  ["redis", 6379],
  ["rediss", 6379],
  ["smtp", 25],
  ["smtps", 465],
  ["sqlserver", 1433],
]);

const URL =
  /(?<![\w.+-])([a-z][a-z0-9+.-]*):\/\/(?:[^\s/@"'`<>]*@)?(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::(\d{1,5}))?(?=[/?#\s"'`,;<>)\]}|\\]|$)/g;

/** Names in the form of a URL that nobody connects to: of XML's vocabularies and of JSON Schema's dialects. */
const IDENTIFIERS =
  /^(?:www\.w3\.org|xml(?:ns)?\.[a-z.]+|(?:www\.)?json-schema\.org|schemas?\.[a-z.-]+|java\.sun\.com)$/i;

/** Addresses of the machine itself. */
const OWN = /^(?:127\.|0\.0\.0\.0$|::1?$)/;

/** Every place outside of the cluster in a text, each once. Lines that are comments are left out. */
export function outsideIn(text: string, inside: Inside): OutsideReference[] {
  if (!text.includes("://")) return [];
  const found = new Map<string, OutsideReference>();
  for (const line of text.split("\n")) {
    if (isComment(line)) continue;
    for (const [, scheme = "", written = "", given] of line.matchAll(URL)) {
      const host = written.replace(/^\[|\]$/g, "");
      const port = given === undefined ? PORTS.get(scheme) : Number(given);
      if (port === undefined || !isOutside(host, inside)) continue;
      found.set(`${host} ${String(port)}`, { host, port });
    }
  }
  return [...found.values()];
}

function isOutside(host: string, inside: Inside): boolean {
  if (isIP(host) !== 0) return !OWN.test(host);
  return /\.[A-Za-z][A-Za-z0-9-]*$/.test(host) && !IDENTIFIERS.test(host) && !inside(host);
}

/** URLs of places outside that pods read, and that no policy lets them out to, on that very port. */
export function* unopened(stack: Stack, network: Network, inside: Inside): Generator<Violation> {
  for (const client of stack.workloads) {
    if (!stack.manages(client.namespace)) continue;
    const policies = network.about(client).filter(({ egress }) => egress !== undefined);
    if (policies.length === 0) continue;
    const done = new Set<string>();
    for (const { text, where } of textsOf(client, stack)) {
      for (const { host, port } of outsideIn(text, inside)) {
        const place = `${host}:${String(port)}`;
        if (done.has(place) || opens(policies, host, port)) continue;
        done.add(place);
        yield {
          on: client.resource,
          field: where,
          problem: `${rolePrefix(client)}uses ${place}, but no NetworkPolicy allows egress from ${shortName(client)} to ${isIP(host) === 0 ? "addresses" : "that address"} on port ${String(port)}`,
          fix: `add a Link from ${shortName(client)} to ${place}`,
        };
      }
    }
  }
}

/** Whether policies let pods out to a place. A name may have any address, but not those that are opened for the API server only. */
function opens(policies: readonly NetworkPolicy[], host: string, port: number): boolean {
  return policies.some((policy) => {
    const forApiServer = reachesApiServer(policy);
    const reaches = (block: Field) =>
      isIP(host) === 0 ? !forApiServer || !isPrivate(block.at("cidr").text ?? "") : holds(block, host);
    return policy.egress?.some((rule) => {
      const blocks = rule.peers.map((peer) => peer.at("ipBlock")).filter((block) => !block.absent);
      return (rule.peers.length === 0 || blocks.some(reaches)) && onPort(rule, port, []);
    });
  });
}

/** Whether an address is in a block and not in what it leaves out. */
function holds(block: Field, address: string): boolean {
  if (block.at("cidr").unknown) return true;
  const isIn = (range: string | undefined) => {
    const [first = "", bits] = (range ?? "").split("/");
    if (isIP(first) === 0) return false;
    const list = new BlockList();
    list.addSubnet(first, Number(bits), isIP(first) === 4 ? "ipv4" : "ipv6");
    return list.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");
  };
  return isIn(block.at("cidr").text) && !block.at("except").items.some(({ text }) => isIn(text));
}
