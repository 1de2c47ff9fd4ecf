import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { boundAccounts, hasUnknownSubject, mountsToken } from "./api-access";
import { resourcePolicy, stackPolicy, type Violation } from "./core/define";
import type { Field } from "./core/field";
import { selects } from "./core/labels";
import type { Resource } from "./core/resource";
import { workloadRequireSpread } from "./pods/spread";
import { workloads, WORKLOAD_KEYS } from "./workloads";
import { roleNote } from "./workloads/types";

/** Operation of pods: probes, disruption budgets, spread, labels, and no token without a use. */

const PROBES = ["livenessProbe", "readinessProbe"];

export const containerRequireProbes: ResourceValidationPolicy = resourcePolicy({
  name: "container-require-probes",
  description: "Containers of Deployments and StatefulSets have liveness and readiness probes.",
  of: ["apps/Deployment", "apps/StatefulSet"],
  *check(resource): Generator<Violation> {
    for (const { kind, name, field } of workloads(resource).flatMap(({ containers }) => containers)) {
      if (kind !== "main") continue;
      for (const probe of PROBES.map((key) => field.at(key)).filter(({ absent }) => absent)) {
        yield {
          field: probe,
          problem: `has no ${probe.leaf} for container ${name}`,
          fix: "add one that asks for little and fails when clients would fail",
        };
      }
    }
  },
});

const LABELS = ["name", "instance", "version", "component", "part-of", "managed-by"].map(
  (label) => `app.kubernetes.io/${label}`,
);

export const podRequireLabels: ResourceValidationPolicy = resourcePolicy({
  name: "pod-require-labels",
  description: "Every pod carries the six recommended app.kubernetes.io labels.",
  of: WORKLOAD_KEYS,
  *check(resource): Generator<Violation> {
    for (const { labels, labelsField } of workloads(resource)) {
      if (labels === undefined || labelsField === undefined) continue;
      const missing = LABELS.filter((label) => labels[label] === undefined || labels[label] === "");
      if (missing.length === 0) continue;
      yield { field: labelsField, problem: `lacks ${missing.join(", ")}`, fix: "add them to the pods' labels" };
    }
  },
});

export const workloadRequireDisruptionBudget: StackValidationPolicy = stackPolicy({
  name: "workload-require-disruption-budget",
  description: "Deployments and StatefulSets with more than one replica have a PodDisruptionBudget.",
  *check(stack) {
    const budgets = stack.of("policy/PodDisruptionBudget");
    for (const { resource, replicas, namespace, labels } of stack.workloads) {
      if (replicas < 2 || !["Deployment", "StatefulSet"].includes(resource.kind)) continue;
      const covering = budgets.filter(
        (one) =>
          (one.namespace === namespace || one.namespace === undefined || namespace === undefined) &&
          selects(one.root.get("spec.selector"), labels),
      );
      if (covering.length === 0) {
        yield {
          on: resource,
          field: "spec.replicas",
          problem: `runs ${String(replicas)} replicas that no PodDisruptionBudget protects`,
          fix: "add one with maxUnavailable 1",
        };
      }
      for (const budget of covering) {
        const field = blocking(budget, replicas);
        if (field === undefined) continue;

        yield {
          on: budget,
          field,
          problem: `sets ${field.leaf} to ${field.text ?? ""} for ${String(replicas)} replicas, so no node with one of them can be drained`,
          fix: "use maxUnavailable 1",
        };
      }
    }
  },
});

/** The field that forbids every eviction. Kubernetes rounds percentages of both up. */
function blocking({ root }: Resource, replicas: number): Field | undefined {
  const pods = ({ text, number }: Field) =>
    text?.endsWith("%") === true ? Math.ceil((Number(text.slice(0, -1)) / 100) * replicas) : number;
  const [least, most] = [root.get("spec.minAvailable"), root.get("spec.maxUnavailable")];
  if ((pods(least) ?? 0) >= replicas) return least;
  return pods(most) === 0 ? most : undefined;
}

export const podForbidToken: StackValidationPolicy = stackPolicy({
  name: "pod-forbid-token",
  description: "Pods whose service account has no rights in the stack do not mount its token.",
  *check(stack) {
    const bound = boundAccounts(stack);
    if (hasUnknownSubject(stack)) return;
    for (const workload of stack.workloads) {
      const { spec, namespace, serviceAccount, resource, implied, tokenless = false } = workload;
      const needsApi = implied.some((need) => "to" in need && need.to === "api-server");
      if (spec === undefined || needsApi || tokenless || !mountsToken(stack, workload)) continue;
      if (serviceAccount === undefined || bound.has(`${namespace ?? ""}/${serviceAccount}`)) continue;
      yield {
        on: resource,
        field: spec.at("automountServiceAccountToken"),
        problem: `mounts the token of ${serviceAccount}, which no RoleBinding of the stack mentions${roleNote(workload)}`,
        fix: "set automountServiceAccountToken to false, or bind the account to the role that it needs",
      };
    }
  },
});

export const operations: readonly (ResourceValidationPolicy | StackValidationPolicy)[] = [
  containerRequireProbes,
  podRequireLabels,
  workloadRequireDisruptionBudget,
  workloadRequireSpread,
  podForbidToken,
];
