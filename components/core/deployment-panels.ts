import type { Panel } from "./monitoring";

/** Panels of a Deployment whose program has few metrics of its own, on series of kube-state-metrics and the kubelet. */
export function deploymentPanels(name: string, container: string): readonly [ready: Panel, ...used: Panel[]] {
  const pods = `pod=~"${name}-.*"`;
  const of = `${pods},container="${container}"`;
  const network = (way: "transmit" | "receive") => `rate(container_network_${way}_bytes_total{${pods}}[5m])`;
  const byPod = (title: string, expr: string, unit: string): Panel => ({
    title,
    expr: `sum by (pod) (${expr})`,
    legend: "{{pod}}",
    unit,
  });
  return [
    {
      title: "Ready replicas",
      expr: `sum(kube_deployment_status_replicas_available{deployment="${name}"})`,
      legend: "ready",
      unit: "short",
    },
    byPod("Memory", `container_memory_working_set_bytes{${of}}`, "bytes"),
    byPod("Processors", `rate(container_cpu_usage_seconds_total{${of}}[5m])`, "short"),
    byPod("Sent and received", `${network("transmit")} + ${network("receive")}`, "Bps"),
  ];
}
