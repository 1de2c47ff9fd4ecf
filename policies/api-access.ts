import type { StackValidationPolicy } from "@pulumi/policy";

import { stackPolicy } from "./core/define";
import type { Field } from "./core/field";
import type { Resource } from "./core/resource";
import type { Stack } from "./core/stack";
import { admits } from "./network/peers";
import { Network, reachesApiServer } from "./network/rules";
import { services, targetPorts } from "./network/services";
import { shortName, type Workload } from "./workloads/types";

/** Pods that call the API server, and webhooks that the API server calls. */

const BINDINGS = ["rbac.authorization.k8s.io/RoleBinding", "rbac.authorization.k8s.io/ClusterRoleBinding"];
const WEBHOOKS = [
  "admissionregistration.k8s.io/MutatingWebhookConfiguration",
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
];

/** Service accounts with rights in the stack: `namespace/name`, and the binding that gives the rights. */
export function boundAccounts(stack: Stack): ReadonlyMap<string, Resource> {
  return new Map(
    stack.of(...BINDINGS).flatMap((binding) =>
      binding.root.at("subjects").items.flatMap((subject): [string, Resource][] => {
        const namespace = subject.at("namespace").text ?? binding.namespace ?? "";
        return subject.at("kind").is("ServiceAccount")
          ? [[`${namespace}/${subject.at("name").text ?? ""}`, binding]]
          : [];
      }),
    ),
  );
}

/** Whether a binding has a subject that is not known before the update. */
export function hasUnknownSubject(stack: Stack): boolean {
  return stack.of(...BINDINGS).some(({ root }) => {
    const subjects = root.at("subjects");
    const hasUnknownField = (one: Field) =>
      one.unknown || [one.at("kind"), one.at("name"), one.at("namespace")].some((each) => each.unknown);
    return subjects.unknown || subjects.items.some(hasUnknownField);
  });
}

/** Whether the pods certainly mount a token: the pod's setting wins over the account's, and Kubernetes' default is true. */
export function mountsToken(stack: Stack, { spec, namespace, serviceAccount }: Workload): boolean {
  const pod = spec?.at("automountServiceAccountToken");
  if (pod !== undefined && !pod.absent) return !pod.is(false) && !pod.unknown;
  const account = stack
    .of("core/ServiceAccount")
    .find((one) => one.namespace === namespace && one.name === serviceAccount);
  const given = account?.root.at("automountServiceAccountToken");
  return given === undefined || !(given.is(false) || given.unknown);
}

export const podRequireApiEgress: StackValidationPolicy = stackPolicy({
  name: "pod-require-api-egress",
  description: "Pods that work through the Kubernetes API may reach the API server.",
  *check(stack) {
    const network = Network.of(stack);
    const bound = boundAccounts(stack);
    for (const workload of stack.workloads) {
      if (!stack.manages(workload.namespace)) continue;
      const why = reasonToCall(stack, workload, bound);
      if (why === undefined) continue;
      const isolating = network.policiesFor(workload).filter(({ egress }) => egress !== undefined);
      if (isolating.length === 0 || isolating.some(reachesApiServer)) continue;
      yield {
        on: workload.resource,
        field: accountField(workload),
        problem: `may not reach the API server, though ${why}`,
        fix: `add a Link from ${shortName(workload)} to the API server`,
      };
    }
  },
});

function accountField({ spec, role, containers }: Workload): Field | string {
  if (role === "" && spec !== undefined) return spec.at("serviceAccountName");
  return containers[0]?.field ?? "spec";
}

function reasonToCall(stack: Stack, workload: Workload, bound: ReadonlyMap<string, Resource>): string | undefined {
  const implied = workload.implied.find((need) => "to" in need && need.to === "api-server");
  if (implied !== undefined) return implied.why;
  const { serviceAccount, namespace } = workload;
  const binding = serviceAccount === undefined ? undefined : bound.get(`${namespace ?? ""}/${serviceAccount}`);
  if (binding === undefined || !mountsToken(stack, workload)) return undefined;
  return `its account ${serviceAccount ?? ""} has rights from ${binding.title}`;
}

export const webhookRequireIngress: StackValidationPolicy = stackPolicy({
  name: "webhook-require-ingress",
  description: "The API server may reach every admission webhook on the port of its container.",
  *check(stack) {
    const network = Network.of(stack);
    for (const { pods, port, on, field } of webhooks(stack)) {
      if (!stack.manages(pods.namespace)) continue;
      if (admits(network, pods, port, (peer) => !peer.at("ipBlock").absent)) continue;
      yield {
        on,
        field,
        problem: `is called by the API server on container port ${String(port)} of ${shortName(pods)}, but no NetworkPolicy allows ingress from the control plane's addresses`,
        fix: `add a Link from the API server to ${shortName(pods)} on port ${String(port)}`,
      };
    }
  },
});

interface Webhook {
  readonly on: Resource;
  readonly field: string;
  readonly pods: Workload;
  readonly port: number;
}

function webhooks(stack: Stack): Webhook[] {
  const inCharts = stack.workloads.flatMap((pods) =>
    pods.implied.flatMap((need) =>
      "from" in need && need.from === "api-server"
        ? [{ on: pods.resource, field: `values.${pods.role || "webhook"}`, pods, port: need.port }]
        : [],
    ),
  );
  const known = stack.of(...WEBHOOKS).length === 0 ? undefined : services(stack);
  const configured = stack.of(...WEBHOOKS).flatMap((on) =>
    on.root.at("webhooks").items.flatMap((webhook) => {
      const reference = webhook.get("clientConfig.service");
      const service = known?.get(`${reference.at("namespace").text ?? ""}/${reference.at("name").text ?? ""}`);
      if (service === undefined) return [];
      const ports = targetPorts(service, reference.at("port").number ?? 443);
      return service.pods.flatMap((pods) => ports.map((port) => ({ on, field: reference.path, pods, port })));
    }),
  );
  return [...inCharts, ...configured];
}

export const apiAccess = [podRequireApiEgress, webhookRequireIngress];
