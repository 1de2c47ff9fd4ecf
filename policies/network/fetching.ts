import type { Violation } from "../core/define";
import type { Stack } from "../core/stack";
import { rolePrefix, shortName, type Workload } from "../workloads/types";
import { fetches, type Inside } from "./commands";
import { isPrivate, type Network, onPort, reachesApiServer } from "./rules";
import type { Service } from "./services";

/** Commands of containers that fetch from the internet, while their pods reach nothing outside. */
export function* unfetchable(stack: Stack, network: Network, inside: Inside): Generator<Violation> {
  for (const client of stack.workloads) {
    if (!stack.manages(client.namespace)) continue;
    for (const { name, field } of client.containers) {
      for (const fetch of fetches(field, inside)) {
        if (reaches(network, client, fetch.ports)) continue;
        const ports = fetch.ports.join(" or ");
        yield {
          on: client.resource,
          field: fetch.field,
          problem: `${rolePrefix(client)}fetches from the internet with ${fetch.command} in container ${name}, but no NetworkPolicy allows egress from ${shortName(client)} to addresses on port ${ports}`,
          fix: `add a Link from ${shortName(client)} to the addresses that it fetches from on port ${ports}`,
        };
      }
    }
  }
}

/** `name`, `name.namespace` of the stack, `name.namespace.svc`, and the cluster's domain. */
export function insideOf(stack: Stack, known: ReadonlyMap<string, Service>): Inside {
  return (host) => {
    if (!host.includes(".") || /\.svc(\.|$)|\.cluster\.local$/.test(host)) return true;
    const [name = "", namespace = "", ...rest] = host.split(".");
    return rest.length === 0 && (known.has(`${namespace}/${name}`) || stack.manages(namespace));
  };
}

/** Whether a policy lets pods out to addresses that are not just the API server's. */
function reaches(network: Network, client: Workload, ports: readonly number[]): boolean {
  const isolating = network.about(client).filter(({ egress }) => egress !== undefined);
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
