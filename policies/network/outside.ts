import { BlockList, isIP } from "node:net";

import type { Violation } from "../core/define";
import type { Field } from "../core/field";
import type { Stack } from "../core/stack";
import { rolePrefix, shortName } from "../workloads/types";
import type { IsClusterHost } from "./commands";
import { isComment } from "./hosts";
import { textsOf } from "./needs";
import { isPrivate, type Network, type NetworkPolicy, onPort, reachesApiServer } from "./rules";

/** A host outside of the cluster that a text names by a URL. */
export interface OutsideReference {
  /** Name or IP address; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/** Default ports of schemes. A URL with another scheme and no port names no connection: `s3://bucket`. */
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

/** Hosts of identifiers in the form of a URL, to which no program connects: XML namespaces, JSON Schema dialects. */
const IDENTIFIERS =
  /^(?:www\.w3\.org|xml(?:ns)?\.[a-z.]+|(?:www\.)?json-schema\.org|schemas?\.[a-z.-]+|java\.sun\.com)$/i;

/** Pages whose scripts may ask: they connect to the pod. */
const ORIGINS = /--cors-[a-z-]+=\S+/g;
/** Where browsers find the pod, or are sent by it. */
const BROWSERS = /--hostname=\S+|"browser-[a-z-]+"\s*:\s*"[^"]*"|\boauth2\.(?:auth|end-session)-url=\S+/g;
/** Who signed a token, where its keys are at a URL of their own. Elsewhere an issuer is asked for its keys. */
const SIGNERS = /"(?:issuer|audience|claims_namespace)"\s*:\s*"[^"]*"/g;

/** The same in a file of properties, whose text says that nothing is discovered at the issuer. */
const SIGNER = /\boauth2\.issuer=\S+/g;
const DISCOVERS_NOTHING = "oauth2.oidc.discovery=false";

/** A line without names of hosts that nobody connects to. */
const connected = (line: string) =>
  (line.includes('"jwk_url"') ? line.replaceAll(SIGNERS, "") : line).replaceAll(ORIGINS, "").replaceAll(BROWSERS, "");

/** Addresses of the pod itself. */
const LOOPBACK = /^(?:127\.|0\.0\.0\.0$|::1?$)/;

/** Every host outside of the cluster in a text, each once. Comment lines are skipped. */
export function outsideIn(text: string, inside: IsClusterHost): OutsideReference[] {
  if (!text.includes("://")) return [];
  const found = new Map<string, OutsideReference>();
  const asked = text.includes(DISCOVERS_NOTHING) ? text.replaceAll(SIGNER, "") : text;
  for (const line of asked.split("\n")) {
    if (isComment(line)) continue;
    for (const [, scheme = "", written = "", given] of connected(line).matchAll(URL)) {
      const host = written.replace(/^\[|\]$/g, "");
      const port = given === undefined ? PORTS.get(scheme) : Number(given);
      if (port === undefined || !isOutside(host, inside)) continue;
      found.set(`${host} ${String(port)}`, { host, port });
    }
  }
  return [...found.values()];
}

function isOutside(host: string, inside: IsClusterHost): boolean {
  if (isIP(host) !== 0) return !LOOPBACK.test(host);
  return /\.[A-Za-z][A-Za-z0-9-]*$/.test(host) && !IDENTIFIERS.test(host) && !inside(host);
}

/** URLs of hosts outside that pods read, to which no policy allows egress on the URL's port. */
export function* blockedUrls(stack: Stack, network: Network, inside: IsClusterHost): Generator<Violation> {
  for (const client of stack.workloads) {
    if (!stack.manages(client.namespace)) continue;
    const policies = network.policiesFor(client).filter(({ egress }) => egress !== undefined);
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
          problem: `${rolePrefix(client)}uses ${place}, but no NetworkPolicy allows egress from ${shortName(client)} to ${isIP(host) === 0 ? "an ipBlock" : "an ipBlock with that address"} on port ${String(port)}`,
          fix: `add a Link from ${shortName(client)} to ${place}`,
        };
      }
    }
  }
}

/** Whether policies allow egress to a host. A name may have any address outside of the private ranges for the API server. */
function opens(policies: readonly NetworkPolicy[], host: string, port: number): boolean {
  return policies.some((policy) => {
    const forApiServer = reachesApiServer(policy);
    const reaches = (block: Field) =>
      isIP(host) === 0 ? !forApiServer || !isPrivate(block.at("cidr").text ?? "") : contains(block, host);
    return policy.egress?.some((rule) => {
      const blocks = rule.peers.map((peer) => peer.at("ipBlock")).filter((block) => !block.absent);
      return (rule.peers.length === 0 || blocks.some(reaches)) && onPort(rule, port, []);
    });
  });
}

/** Whether an address is in an `ipBlock` and not in its exceptions. */
function contains(block: Field, address: string): boolean {
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
