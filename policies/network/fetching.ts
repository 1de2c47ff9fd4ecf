import type { Violation } from "../core/define";
import type { Stack } from "../core/stack";
import { rolePrefix, shortName, type Workload } from "../workloads/types";
import { fetches, type IsClusterHost } from "./commands";
import { isPrivate, type Network, onPort, reachesApiServer } from "./rules";
import type { Service } from "./services";

/** Commands of containers that fetch from the internet, in pods whose policies allow no egress there. */
export function* blockedFetches(stack: Stack, network: Network, inside: IsClusterHost): Generator<Violation> {
  for (const client of stack.workloads) {
    if (!stack.manages(client.namespace)) continue;
    for (const { name, field } of client.containers) {
      for (const fetch of fetches(field, inside)) {
        if (reaches(network, client, fetch.ports)) continue;
        const ports = fetch.ports.join(" or ");
        yield {
          on: client.resource,
          field: fetch.field,
          problem: `${rolePrefix(client)}fetches from the internet with ${fetch.command} in container ${name}, but no NetworkPolicy allows egress from ${shortName(client)} to an ipBlock on port ${ports}`,
          fix: `add a Link from ${shortName(client)} to the addresses that it fetches from on port ${ports}`,
        };
      }
    }
  }
}

/** Recognises `name`, `name.namespace` of the stack, `name.namespace.svc` and names in `cluster.local`. */
export function clusterHosts(stack: Stack, known: ReadonlyMap<string, Service>): IsClusterHost {
  return (host) => {
    if (!host.includes(".") || /\.svc(\.|$)|\.cluster\.local$/.test(host)) return true;
    const [name = "", namespace = "", ...rest] = host.split(".");
    return rest.length === 0 && (known.has(`${namespace}/${name}`) || stack.manages(namespace));
  };
}

/** Whether policies allow egress to internet addresses. Private ranges in a policy for the API server do not count. */
function reaches(network: Network, client: Workload, ports: readonly number[]): boolean {
  const isolating = network.policiesFor(client).filter(({ egress }) => egress !== undefined);
  if (isolating.length === 0) return true;
  return isolating.some((policy) => {
    const forApiServer = reachesApiServer(policy);
    return policy.egress?.some((rule) => {
      const ranges = rule.peers.map((peer) => peer.at("ipBlock")).filter((block) => !block.absent);
      const out = ranges.some((block) => !forApiServer || !isPrivate(block.at("cidr").text ?? ""));
      return (rule.peers.length === 0 || out) && ports.some((port) => onPort(rule, port, []));
    });
  });
}
