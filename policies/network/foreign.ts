import type { Violation } from "../core/define";
import type { Field } from "../core/field";
import { isCustomGroup } from "../core/groups";
import type { Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import { keysOf } from "../operators";
import { WORKLOAD_KEYS } from "../workloads";
import { shortName } from "../workloads/types";
import { hostsIn, isManifest } from "./hosts";
import { admitsCaller, type Caller } from "./peers";
import type { Network } from "./rules";
import { type Service, targetPorts } from "./services";

/** Whether a key is of a custom resource. Keys of provider resources have a colon, and built-in groups are known. */
const isCustom = (key: string) => /^[^:/]+\.[^:/]+\//.test(key) && isCustomGroup(key.split("/")[0] ?? "");
/** Kinds that name hosts without connecting to them. */
const SILENT = new Set([...keysOf(({ silent }) => silent === true), ...WORKLOAD_KEYS]);

/**
 * Configuration that the stack writes into namespaces that it does not make. If it names a Service of the stack, pods there
 * connect to it. Values may be secret, so messages name only the Service.
 */
export function* blockedReferences(
  stack: Stack,
  network: Network,
  known: ReadonlyMap<string, Service>,
): Generator<Violation> {
  for (const resource of foreignConfiguration(stack)) {
    const { namespace } = resource;
    const caller: Caller = { namespace, labels: undefined, listeners: [], cidr: undefined, title: "" };
    const reported = new Set<string>();
    for (const [field, text] of texts(resource)) {
      for (const reference of isManifest(text) ? [] : hostsIn(text)) {
        const service = known.get(`${reference.namespace ?? ""}/${reference.service}`);
        if (service === undefined || !stack.manages(service.namespace)) continue;
        const ports = targetPorts(service, reference.port);
        for (const pods of service.pods) {
          const open = (port: number) => admitsCaller(network, pods, port, caller);
          if (ports.length === 0 || (reference.port === undefined ? ports.some(open) : ports.every(open))) continue;
          const to = `${shortName(pods)} on port ${ports.join(reference.port === undefined ? " or " : " and ")}`;
          if (reported.has(to)) continue;
          reported.add(to);
          yield {
            on: resource,
            field,
            problem: `names Service ${service.namespace ?? ""}/${service.name}, but no NetworkPolicy allows ingress from namespace ${namespace ?? ""} at ${to}`,
            fix: `add a Link from the pods that read it in ${namespace ?? ""} to ${to}`,
          };
        }
      }
    }
  }
}

/** ConfigMaps, Secrets and custom resources outside of the stack's namespaces that no pod of the stack reads. */
function foreignConfiguration(stack: Stack): Resource[] {
  const custom = stack.keys.filter((key) => isCustom(key) && !SILENT.has(key));
  const own = new Set(
    stack.workloads.flatMap((pods) => pods.configMaps.map((name) => `${pods.namespace ?? ""}/${name}`)),
  );
  return stack.of("core/ConfigMap", "core/Secret", ...custom).filter(({ root, key, namespace, name }) => {
    if (root.at("metadata", "namespace").absent || namespace === undefined || stack.manages(namespace)) return false;
    return key !== "core/ConfigMap" || !own.has(`${namespace}/${name}`);
  });
}

function texts({ root, key }: Resource): [Field, string][] {
  const parts = key.startsWith("core/") ? ["data", "stringData"] : ["spec", "data"];
  return parts.flatMap((part) =>
    [...root.at(part).strings()].map(({ field }): [Field, string] => {
      const text = field.text ?? "";
      const encoded = key === "core/Secret" && part === "data";
      return [field, encoded ? Buffer.from(text, "base64").toString("utf8") : text];
    }),
  );
}
