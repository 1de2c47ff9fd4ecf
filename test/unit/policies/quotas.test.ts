import { namespaceRequireQuota, quotaCoverWorkloads, quotaReserveExecutor } from "../../../policies/quotas";
import { remove, set } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

suite(namespaceRequireQuota, [
  {
    when: "a namespace without a LimitRange",
    edit: remove("LimitRange front/defaults"),
    says: ["front: metadata.name: Namespace front has no LimitRange. Fix: add a LimitRange to the namespace front."],
  },
  {
    when: "a namespace without a ResourceQuota",
    edit: remove("ResourceQuota front/quota-0"),
    says: [
      "front: metadata.name: Namespace front has no ResourceQuota. Fix: add a ResourceQuota to the namespace front.",
    ],
  },
]);

suite(quotaCoverWorkloads, [
  {
    when: "a quota smaller than the pods of its namespace",
    edit: set("ResourceQuota front/quota-0", "spec.hard", { "requests.memory": "1Gi", "pods": "1" }),
    says: [
      'front/quota-0: spec.hard["requests.memory"]: ResourceQuota front/quota-0 allows 1 Gi (requests of memory), but the long-running pods that it counts need 2 Gi. Fix: raise it or make the pods smaller; it takes at least 2 Gi.',
      "front/quota-0: spec.hard.pods: ResourceQuota front/quota-0 allows 1 (pods), but the long-running pods that it counts need 2. Fix: raise it or make the pods smaller; it takes at least 2.",
    ],
  },
  {
    when: "a quota on limits",
    edit: set("ResourceQuota front/quota-0", "spec.hard", { "limits.cpu": "500m" }),
    says: [
      'front/quota-0: spec.hard["limits.cpu"]: ResourceQuota front/quota-0 allows 0.5 cores (limits of cpu), but the long-running pods that it counts need 1 core. Fix: raise it or make the pods smaller; it takes at least 1 core.',
    ],
  },
  { when: "a quota that is not known yet", edit: set("ResourceQuota front/quota-0", "spec.hard", UNKNOWN) },
  {
    when: "a quota of a priority class that no pod has",
    edit: set("ResourceQuota front/quota-0", "spec", {
      hard: { pods: "0" },
      scopeSelector: { matchExpressions: [{ scopeName: "PriorityClass", operator: "In", values: ["batch"] }] },
    }),
  },
]);

suite(quotaReserveExecutor, [
  {
    when: "a quota for executors that holds none",
    edit: set("ResourceQuota jobs/quota-1", "spec.hard", { "requests.memory": "4Gi" }),
    says: [
      'jobs/quota-1: spec.hard["requests.memory"]: ResourceQuota jobs/quota-1 allows 4 Gi (requests of memory), but one executor of daily needs 5 Gi. Fix: raise it, give executors a quota of their own, or make the pods smaller; it takes at least 5 Gi.',
    ],
  },
  {
    when: "a quota for drivers that holds none",
    edit: set("ResourceQuota jobs/quota-0", "spec.hard", { "requests.memory": "4Gi" }),
    says: [
      'jobs/quota-0: spec.hard["requests.memory"]: ResourceQuota jobs/quota-0 allows 4 Gi (requests of memory), but SparkApplication jobs/daily (driver) needs 5 Gi. Fix: raise it or make the pods smaller; it takes at least 5 Gi.',
    ],
  },
  {
    when: "a quota that drivers and executors share and drivers fill",
    edit: set("ResourceQuota jobs/quota-0", "spec", { hard: { "requests.memory": "8Gi" } }),
    says: [
      'jobs/quota-0: spec.hard["requests.memory"]: ResourceQuota jobs/quota-0 allows 8 Gi (requests of memory), but 1 driver and one executor of daily need 10 Gi. Fix: raise it, give executors a quota of their own, or make the pods smaller; it takes at least 10 Gi.',
    ],
  },
  {
    when: "a quota that they share with room for an executor",
    edit: set("ResourceQuota jobs/quota-0", "spec", { hard: { "requests.memory": "10Gi" } }),
  },
]);
