import {
  namespaceRequireQuota,
  quotaCoverEveryPod,
  quotaCoverWorkloads,
  quotaReserveExecutor,
} from "../../../policies/quotas";
import { object, size } from "./builders";
import { add, remove, retype, set } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

const objectStore = object("barmancloud.cnpg.io/v1:ObjectStore", "back", "store", {
  spec: { instanceSidecarConfiguration: { resources: size("50m", "512Mi") } },
});

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
      'front/quota-0: spec.hard["requests.memory"]: ResourceQuota front/quota-0 allows 1 Gi (requests of memory), but the pods that it counts, with those that a rolling update adds, need 3 Gi. Fix: raise it or make the pods smaller; it takes at least 3 Gi.',
      "front/quota-0: spec.hard.pods: ResourceQuota front/quota-0 allows 1 (pods), but the pods that it counts, with those that a rolling update adds, need 3. Fix: raise it or make the pods smaller; it takes at least 3.",
    ],
  },
  {
    when: "a quota on limits",
    edit: set("ResourceQuota front/quota-0", "spec.hard", { "limits.cpu": "500m" }),
    says: [
      'front/quota-0: spec.hard["limits.cpu"]: ResourceQuota front/quota-0 allows 0.5 cores (limits of cpu), but the pods that it counts, with those that a rolling update adds, need 1.5 cores. Fix: raise it or make the pods smaller; it takes at least 1.5 cores.',
    ],
  },
  {
    when: "a roll that ends a pod before it makes a new one",
    edit: [
      set("ResourceQuota front/quota-0", "spec.hard", { "requests.memory": "2Gi" }),
      set("Deployment front/web", "spec.strategy", { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } }),
    ],
  },
  {
    when: "a roll that makes two pods at a time",
    edit: [
      set("ResourceQuota front/quota-0", "spec.hard", { "requests.memory": "3Gi" }),
      set("Deployment front/web", "spec.strategy", { rollingUpdate: { maxSurge: "100%" } }),
    ],
    says: [
      'front/quota-0: spec.hard["requests.memory"]: ResourceQuota front/quota-0 allows 3 Gi (requests of memory), but the pods that it counts, with those that a rolling update adds, need 4 Gi. Fix: raise it or make the pods smaller; it takes at least 4 Gi.',
    ],
  },
  {
    when: "no room for the copy that an operator makes of an instance",
    edit: [
      ...["Deployment back/api"].map((one) => set(one, "spec.replicas", 0)),
      set("ResourceQuota back/quota-0", "spec.hard", { "requests.memory": "5Gi" }),
    ],
    says: [
      'back/quota-0: spec.hard["requests.memory"]: ResourceQuota back/quota-0 allows 5 Gi (requests of memory), but the pods that it counts, with those that a rolling update adds, need 6 Gi. Fix: raise it or make the pods smaller; it takes at least 6 Gi.',
    ],
  },
  {
    when: "no room for the sidecars that a plugin adds to the instances of PostgreSQL",
    edit: [
      set("Deployment back/api", "spec.replicas", 0),
      set("Cluster back/pg", "spec.plugins", [
        { name: "barman-cloud.cloudnative-pg.io", parameters: { barmanObjectName: "store" } },
      ]),
      add(objectStore),
      set("ResourceQuota back/quota-0", "spec.hard", { "requests.cpu": "3" }),
    ],
    says: [
      'back/quota-0: spec.hard["requests.cpu"]: ResourceQuota back/quota-0 allows 3 cores (requests of cpu), but the pods that it counts, with those that a rolling update adds, need 3.15 cores. Fix: raise it or make the pods smaller; it takes at least 3.15 cores.',
    ],
  },
  {
    when: "no room for a task that runs once",
    edit: [
      set("ResourceQuota front/quota-0", "spec.hard", { pods: "1" }),
      retype("Deployment front/web", "kubernetes:batch/v1:Job"),
      set("Job front/web", "spec.parallelism", 2),
    ],
    says: [
      "front/quota-0: spec.hard.pods: ResourceQuota front/quota-0 allows 1 (pods), but the pods that it counts need 2. Fix: raise it or make the pods smaller; it takes at least 2.",
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

suite(quotaCoverEveryPod, [
  {
    when: "pods without a priority class under no quota",
    edit: remove("ResourceQuota jobs/quota-2"),
    says: [
      "jobs: metadata.name: Namespace jobs has no ResourceQuota for pods of no priority class, of a class that no quota names. Fix: add one whose scope is PriorityClass NotIn those that the others count.",
    ],
  },
  {
    when: "a class that the last quota leaves to one that is gone",
    edit: remove("ResourceQuota jobs/quota-0"),
    says: [
      "jobs: metadata.name: Namespace jobs has no ResourceQuota for pods of class spark-driver. Fix: add one whose scope is PriorityClass NotIn those that the others count.",
    ],
  },
  {
    when: "a quota for pods of any class, and one for those without",
    edit: [
      set("ResourceQuota jobs/quota-0", "spec.scopeSelector.matchExpressions.0", {
        scopeName: "PriorityClass",
        operator: "Exists",
      }),
      set("ResourceQuota jobs/quota-2", "spec.scopeSelector.matchExpressions.0", {
        scopeName: "PriorityClass",
        operator: "DoesNotExist",
      }),
    ],
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
