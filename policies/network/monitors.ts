import type { Field } from "../core/field";
import { type Labels, selects } from "../core/labels";
import type { Resource } from "../core/resource";
import type { Stack } from "../core/stack";
import type { Workload } from "../workloads/types";
import { portNumber, services } from "./services";

/** A port of pods that a monitor scrapes. */
export interface Target {
  readonly monitor: Resource;
  /** The field of the monitor that names the port. */
  readonly field: Field;
  readonly pods: Workload;
  /** Undefined if the pods do not have the port. */
  readonly port: number | undefined;
}

/** Ports of the stack's pods that its ServiceMonitors and PodMonitors scrape. */
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
  // Unknown labels match every selector, so these pods may not be meant.
  if (field.unknown || pods.labels === undefined) return [];
  return [{ monitor, field, pods, port: port === undefined ? undefined : portNumber(port, [pods]) }];
}

/** Unlike `selects`, this is false for an unknown selector, because a rule must not fail for it. */
function surelySelects(selector: Field, labels: Labels): boolean {
  return !selector.unknown && !selector.at("matchLabels").unknown && selects(selector, labels);
}

/** Whether a monitor's `namespaceSelector` selects a namespace; without one, it selects the monitor's own. */
function watches(monitor: Resource, namespace: string | undefined): boolean {
  const selector = monitor.root.get("spec.namespaceSelector");
  if (selector.at("any").is(true)) return true;
  const names = selector.at("matchNames").items;
  return names.length === 0 ? namespace === monitor.namespace : names.some(({ value }) => value === namespace);
}
