import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { type Labels, labels } from "./labels";
import type { PodGroup } from "./pod-group";

/**
 * PodDisruptionBudget of a group with several replicas: one pod at a time may be evicted. A single pod gets none, or its node could
 * never be drained.
 */
export function disruptionBudget(
  name: string,
  group: PodGroup,
  matchLabels: Labels,
  opts: pulumi.CustomResourceOptions,
  version?: string,
): void {
  if (group.replicas < 2) return;
  const { namespace } = group;
  const metadata = { name, namespace, labels: labels({ ...group, ...(version === undefined ? {} : { version }) }) };
  new k8s.policy.v1.PodDisruptionBudget(
    name,
    { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: { ...matchLabels } } } },
    opts,
  );
}
