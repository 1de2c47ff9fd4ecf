import type { ResourceValidationPolicy } from "@pulumi/policy";

import { resourcePolicy, type Violation } from "../core/define";
import type { Field } from "../core/field";
import type { Resource } from "../core/resource";
import { workloads, WORKLOAD_KEYS } from "../workloads";
import { container } from "../workloads/containers";
import type { Container, Workload } from "../workloads/types";

/** Pods whose whole specification the stack writes. Charts and operators write the security settings of their own pods. */
export interface SpecifiedPod extends Workload {
  readonly spec: Field;
}

export function specifiedPods(resource: Resource): SpecifiedPod[] {
  return workloads(resource).filter((workload): workload is SpecifiedPod => workload.spec?.absent === false);
}

export interface PodRule {
  readonly name: string;
  readonly description: string;
  readonly pod?: (pod: SpecifiedPod) => Iterable<Violation>;
  readonly container?: (container: Container, pod: SpecifiedPod) => Iterable<Violation>;
}

export function podPolicy({ name, description, ...rule }: PodRule): ResourceValidationPolicy {
  return resourcePolicy({
    name,
    description,
    of: WORKLOAD_KEYS,
    *check(resource) {
      for (const pod of specifiedPods(resource)) {
        yield* rule.pod?.(pod) ?? [];
        for (const one of allContainers(pod)) yield* rule.container?.(one, pod) ?? [];
      }
    },
  });
}

/** With ephemeral containers, which the `restricted` profile covers. They only debug, so no other rule counts them. */
function allContainers({ containers, spec }: SpecifiedPod): Container[] {
  return [...containers, ...spec.at("ephemeralContainers").items.map((field) => container(field, "main"))];
}

/** `sets runAsUser to 0`, `does not set runAsNonRoot`: the value of a security setting, for a message. */
export function settingText(field: Field): string {
  const what = field.path.replace(/^.*securityContext\./i, "");
  return field.absent ? `does not set ${what}` : `sets ${what} to ${JSON.stringify(field.value)}`;
}

/** Whether the pod runs on Windows, or may do so because its `os` is unknown. Linux rules do not apply there. */
export function maybeWindows({ spec }: SpecifiedPod): boolean {
  const system = spec.at("os", "name");
  return system.unknown || system.is("windows");
}

/** Whether the pod has a user namespace, or may have one: root in it is an unprivileged user of the node. */
export function maybeUserNamespace({ spec }: SpecifiedPod): boolean {
  const hostUsers = spec.at("hostUsers");
  return hostUsers.unknown || hostUsers.is(false);
}

export function podAnnotations({ annotations }: SpecifiedPod): [string, Field][] {
  return annotations.flatMap(({ entries }) => entries);
}
