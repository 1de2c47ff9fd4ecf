import type { ResourceValidationPolicy } from "@pulumi/policy";

import { resourcePolicy, type Violation } from "../core/define";
import type { Field } from "../core/field";
import type { Resource } from "../core/resource";
import { workloads, WORKLOAD_KEYS } from "../workloads";
import { container } from "../workloads/pods";
import type { Container, Workload } from "../workloads/types";

/** Pods whose whole specification the stack writes; charts and operators that make pods by themselves are theirs to judge. */
export interface Ours extends Workload {
  readonly spec: Field;
}

export function ours(resource: Resource): Ours[] {
  return workloads(resource).filter((workload): workload is Ours => workload.spec?.absent === false);
}

export interface PodRule {
  readonly name: string;
  readonly description: string;
  readonly pod?: (pod: Ours) => Iterable<Violation>;
  readonly container?: (container: Container, pod: Ours) => Iterable<Violation>;
}

export function podPolicy({ name, description, ...rule }: PodRule): ResourceValidationPolicy {
  return resourcePolicy({
    name,
    description,
    of: WORKLOAD_KEYS,
    *check(resource) {
      for (const pod of ours(resource)) {
        yield* rule.pod?.(pod) ?? [];
        for (const one of allContainers(pod)) yield* rule.container?.(one, pod) ?? [];
      }
    },
  });
}

/** Ephemeral ones start for debugging only, so that nothing else in this pack counts them; the profile does. */
function allContainers({ containers, spec }: Ours): Container[] {
  return [...containers, ...spec.at("ephemeralContainers").items.map((field) => container(field, "main"))];
}

/** What was given, for a message. */
export function given(field: Field): string {
  const what = field.path.replace(/^.*securityContext\./i, "");
  return field.absent ? `does not set ${what}` : `sets ${what} to ${JSON.stringify(field.value)}`;
}

/** Windows has none of what the Linux rules are about; a system that is not known yet may be it. */
export function maybeWindows({ spec }: Ours): boolean {
  const system = spec.at("os", "name");
  return system.unknown || system.is("windows");
}

/** Root in a user namespace of its own is nobody on the node. */
export function maybeUserNamespace({ spec }: Ours): boolean {
  const hostUsers = spec.at("hostUsers");
  return hostUsers.unknown || hostUsers.is(false);
}

/** Annotations of the pods, which stand beside their labels. */
export function podAnnotations({ resource, labelsField }: Ours): [string, Field][] {
  return labelsField === undefined ? [] : resource.root.get(labelsField.path.replace(/labels$/, "annotations")).entries;
}
