import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { disruptionBudget } from "./budget";
import { labels, REPRODUCIBLE, selector } from "./labels";
import { type PodArgs, podOptions, podParts, podTemplate } from "./pod";
import type { PodGroup } from "./pod-group";
import { formatBytes } from "./quantity";

export interface WorkloadArgs extends PodArgs {
  /** Ports of the group's Service by name, of TCP unless they say otherwise; a headless one for a StatefulSet. @default no Service */
  readonly servicePorts?: Readonly<
    Record<string, { readonly port: number; readonly targetPort?: number; readonly protocol?: "UDP" }>
  >;
  /** Name of that Service. @default the group's name */
  readonly serviceName?: string;
  /** Options of a workload that holds data. @default none */
  readonly dataOptions?: pulumi.CustomResourceOptions;
  /** Stateful pods keep name and volumes. @default whether the group has volumes */
  readonly stateful?: boolean;
  /** Whether each pod has a name in DNS, ready or not; else clients reach any that is ready. @default stateful */
  readonly headless?: boolean;
  /** Why its volumes may be deleted: their contents can be made again. @default they hold data */
  readonly reproducible?: string;
}

/** Long-running pods of one group: workload, configuration, account, Service and disruption budget. */
export class Workload extends pulumi.ComponentResource {
  /** Resolved once the pods are ready. Resources that must wait for them derive an input from it. */
  readonly ready: pulumi.Output<pulumi.ID>;

  constructor(name: string, args: WorkloadArgs, opts?: pulumi.ComponentResourceOptions) {
    super("lakehouse:core:Workload", name, {}, opts);
    const { group, version, stateful = group.volumes.length > 0, serviceName = name, reproducible } = args;
    const metadata = { name, namespace: group.namespace, labels: labels({ ...group, version }) };
    const child = { parent: this };

    const selectorLabels = { matchLabels: selector(group) };
    // The workload itself, not only this component, depends on what must exist before the pods.
    const options = podOptions(podParts(name, args, this), this, opts);
    const workload = stateful
      ? new k8s.apps.v1.StatefulSet(
          name,
          {
            metadata:
              reproducible === undefined ? metadata : { ...metadata, annotations: { [REPRODUCIBLE]: reproducible } },
            spec: {
              serviceName,
              replicas: group.replicas,
              podManagementPolicy: "Parallel",
              selector: selectorLabels,
              template: podTemplate(args),
              volumeClaimTemplates: group.volumes.map(claimTemplate),
              ...(reproducible === undefined
                ? {}
                : { persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete", whenScaled: "Delete" } }),
            },
          },
          { ...options, ...args.dataOptions },
        )
      : new k8s.apps.v1.Deployment(
          name,
          {
            metadata,
            spec: {
              replicas: group.replicas,
              // No surge: a node that is full by plan has no room for an extra pod.
              strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
              selector: selectorLabels,
              template: podTemplate(args),
            },
          },
          options,
        );
    this.ready = workload.id;
    const ports = Object.entries(args.servicePorts ?? {});
    if (ports.length > 0) {
      new k8s.core.v1.Service(
        serviceName,
        {
          metadata: { ...metadata, name: serviceName },
          spec: {
            ...((args.headless ?? stateful) ? { clusterIP: "None", publishNotReadyAddresses: true } : {}),
            selector: selector(group),
            ports: ports.map(([portName, { port, targetPort = port, protocol }]) => ({
              name: portName,
              port,
              targetPort,
              ...(protocol === undefined ? {} : { protocol }),
            })),
          },
        },
        child,
      );
    }
    disruptionBudget(name, group, selector(group), child, version);
    this.registerOutputs();
  }
}

function claimTemplate(volume: PodGroup["volumes"][number]): k8s.types.input.core.v1.PersistentVolumeClaim {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: volume.name },
    spec: {
      accessModes: ["ReadWriteOnce"],
      ...(volume.storageClass === undefined ? {} : { storageClassName: volume.storageClass }),
      resources: { requests: { storage: formatBytes(volume.size) } },
    },
  };
}
