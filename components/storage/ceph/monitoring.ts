import { nothingReady, podMissing } from "../../core/alerts";
import type { Monitoring } from "../../core/monitoring";
import { GATEWAY } from "./pods";
import type { CephSettings } from "./settings";

/** Gateways of the stack's own store. Disks, pools and monitors are the Ceph cluster's own to watch. */
export function monitoring({ namespace, store }: Pick<CephSettings, "namespace" | "store">): Monitoring {
  // Rook makes one Deployment of all gateways of a store.
  const name = `rook-ceph-rgw-${store}-a`;
  const of = `namespace="${namespace}",deployment="${name}"`;
  return {
    scrapes: [],
    alerts: [
      {
        name: "CephGatewayDown",
        ...nothingReady(name, { namespace }),
        for: "2m",
        severity: "critical",
        summary:
          "No gateway of the object store is ready: tables, checkpoints and backups can be neither read nor written.",
      },
      {
        name: "CephGatewayMissing",
        ...podMissing(of, { kind: "deployment", namespace, name }),
        for: "10m",
        severity: "warning",
        summary: "A gateway of the object store has been missing for ten minutes: the others carry its load.",
      },
    ],
    panels: [
      {
        title: "Gateways that are ready",
        expr: `sum(kube_deployment_status_replicas_available{${of}})`,
        legend: "ready",
        unit: "short",
      },
      {
        title: "Memory of gateways",
        expr: `max by (pod) (container_memory_working_set_bytes{namespace="${namespace}",pod=~"${name}-.*",container="rgw"})`,
        legend: "{{pod}}",
        unit: "bytes",
      },
    ],
  };
}

/** By service: a gateway that exists is its owner's to watch. */
export const watched = (own: CephSettings): Readonly<Record<string, Monitoring>> =>
  own.gateway === "deployed" ? { [GATEWAY]: monitoring(own) } : {};
