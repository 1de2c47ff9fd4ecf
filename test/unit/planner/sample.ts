import { GiB } from "../../../components/core/quantity";
import { advise } from "../../../planner/advice/advise";
import { cost } from "../../../planner/cost";
import { nodeLosses } from "../../../planner/loss";
import { pack } from "../../../planner/pack";
import type { LinkReport, Plan, PolicyReport, ResourceChanges } from "../../../planner/plan";
import { verdict } from "../../../planner/verdict";
import { readBook } from "../../../pricing/books";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { group, homelabGroups, homelabNodes, owned } from "./fixtures";

const LINKS: readonly (readonly [string, string, number])[] = [
  ["trino-coordinator", "hive-metastore", 9083],
  ["trino-worker", "ceph-rgw", 443],
  ["spark-driver", "hive-metastore", 9083],
  ["spark-executor", "ceph-rgw", 443],
  ["query-api", "trino", 8443],
  ["hive-metastore", "postgres", 5432],
  ["airflow", "spark-operator", 443],
];

const founding = readBook("founding", PROJECT_FOLDER, "");

export const links: LinkReport[] = LINKS.map(([from, to, port]) => ({ from, to, port, protocol: "TCP" }));

export const passed: PolicyReport = { passed: 47, failed: [] };

export const resources: ResourceChanges = {
  total: 143,
  byType: {
    "kubernetes:apps/v1:StatefulSet": 2,
    "kubernetes:core/v1:Service": 9,
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": 44,
  },
  create: ["lakehouse-query/networkpolicy-query-api-to-trino", "lakehouse-query/service-query-api"],
  change: [
    { resource: "lakehouse-query/configmap-trino", fields: ['data["config.properties"]'], losesData: false },
    {
      resource: "lakehouse-query/statefulset-trino-worker",
      fields: ["spec.replicas", "spec.template.spec.containers[trino].resources.limits.memory"],
      losesData: false,
    },
  ],
  delete: ["lakehouse-jobs/job-benchmark"],
  deletesData: [],
  replace: [
    {
      resource: "lakehouse-catalog/job-schema-init",
      fields: ["spec.template.spec.containers[schema].image"],
      losesData: false,
    },
  ],
};

export const losing: ResourceChanges = {
  ...resources,
  delete: ["lakehouse-jobs/job-benchmark", "lakehouse-storage/cluster-postgres"],
  deletesData: ["lakehouse-storage/cluster-postgres"],
  replace: [
    {
      resource: "lakehouse-storage/statefulset-redis",
      fields: ["spec.volumeClaimTemplates[0].spec.resources"],
      losesData: true,
    },
  ],
};

/** A homelab similar to the shipped one. */
export function homelabPlan(
  of: { workerGib?: number; policies?: PolicyReport; resources?: ResourceChanges } = {},
): Plan {
  const groups = [
    ...homelabGroups(of),
    group("query-api", 2, 0.5, ["control", "drivers"], { spread: "apart" }),
    group("cnpg-exporter", 1, 0.25, [], { cpu: 0.1 }),
    group("iceberg-maintenance", 1, 2, ["control", "drivers"], { cpu: 1, lifetime: "job" }),
    group("jupyter", 1, 4, ["control"], { cpu: 1 }),
  ];
  const packing = pack(homelabNodes, groups);
  const { nodes, unplaced } = packing;
  const policies = of.policies ?? passed;
  return {
    version: 1,
    stack: "homelab",
    verdict: verdict(unplaced, policies),
    resources: of.resources ?? resources,
    nodes,
    unplaced,
    ...(unplaced.length > 0
      ? { advice: advise({ nodes: homelabNodes, groups }, packing) }
      : { losses: nodeLosses(homelabNodes, groups, nodes) }),
    volumes: [{ storageClass: "ceph-block", count: 4, size: 60 * GiB }],
    policies,
    cost: { ...cost(owned(groups), { objectStorageTb: 20 }, founding), previousMonthly: 908 },
    links,
    outputs: { sql: "https://trino.homelab.example:8443", metastore: "thrift://hive-metastore:9083" },
  };
}

export const failing: PolicyReport = {
  passed: 45,
  failed: [
    {
      policy: "workload-requires-limits",
      level: "mandatory",
      resource: "lakehouse-query/deployment-query-api",
      field: "spec.template.spec.containers[api].resources.limits.memory",
      message:
        "Each container must have a memory limit, or one query can evict its neighbours; set resources.limits.memory.",
    },
    {
      policy: "image-forbids-latest",
      level: "advisory",
      resource: "lakehouse-notebooks/statefulset-jupyter",
      field: "spec.template.spec.containers[jupyter].image",
      message: "Images should be pinned by digest; run the lock command.",
    },
  ],
};
