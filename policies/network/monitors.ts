import type { Field } from "../core/field";
import { type Labels, selects } from "../core/labels";
import type { Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import type { Workload } from "../workloads/types";
import { portNumber, services } from "./services";

/** A port of pods that a monitor scrapes. */
export interface Target {
  readonly monitor: Resource;
  /** Where the monitor names the port. */
  readonly field: Field;
  readonly pods: Workload;
  /** Undefined when the pods do not have it. */
  readonly port: number | undefined;
}

/** What the ServiceMonitors and PodMonitors of a stack scrape among its own pods. */
export function monitorTargets(stack: Stack): Target[] {
  return [...podMonitors(stack), ...serviceMonitors(stack)];
}

function podMonitors(stack: Stack): Target[] {
  return stack.of("monitoring.coreos.com/PodMonitor").flatMap((monitor) => {
    const spec = monitor.root.at("spec");
    const selected = stack.workloads.filter(
      ({ namespace, labels }) => watches(monitor, namespace) && surelySelects(spec.at("selector"), labels),
    );
    return selected.flatMap((pods) =>
      spec.at("podMetricsEndpoints").items.flatMap((endpoint) => {
        const field = endpoint.at("portNumber").or(endpoint.at("targetPort"), endpoint.at("port"));
        return target(monitor, field, pods, field.number ?? field.text);
      }),
    );
  });
}

function serviceMonitors(stack: Stack): Target[] {
  const monitors = stack.of("monitoring.coreos.com/ServiceMonitor");
  if (monitors.length === 0) return [];
  const known = [...services(stack).values()];
  return monitors.flatMap((monitor) => {
    const spec = monitor.root.at("spec");
    const selected = known.filter(
      ({ namespace, labels }) =>
        labels !== undefined && watches(monitor, namespace) && surelySelects(spec.at("selector"), labels),
    );
    return selected.flatMap(({ pods, ports }) =>
      spec.at("endpoints").items.flatMap((endpoint) => {
        const field = endpoint.at("port").or(endpoint.at("targetPort"));
        const through = ports.find(({ name }) => name === field.value)?.target;
        return pods.flatMap((one) => target(monitor, field, one, through ?? field.number));
      }),
    );
  });
}

function target(monitor: Resource, field: Field, pods: Workload, port: number | string | undefined): Target[] {
  // Pods whose labels are unknown were not really selected.
  if (field.unknown || pods.labels === undefined) return [];
  return [{ monitor, field, pods, port: port === undefined ? undefined : portNumber(port, [pods]) }];
}

/** A selector that is not known yet selects nothing for which anybody could be blamed. */
function surelySelects(selector: Field, labels: Labels): boolean {
  return !selector.unknown && !selector.at("matchLabels").unknown && selects(selector, labels);
}

/** `namespaceSelector` of a monitor: its own namespace unless it says otherwise. */
function watches(monitor: Resource, namespace: string | undefined): boolean {
  const selector = monitor.root.get("spec.namespaceSelector");
  if (selector.at("any").is(true)) return true;
  const names = selector.at("matchNames").items;
  return names.length === 0 ? namespace === monitor.namespace : names.some(({ value }) => value === namespace);
}
