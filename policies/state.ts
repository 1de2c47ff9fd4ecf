import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { capacityConfigMap } from "./capacity/model";
import { type Config, resourcePolicy, stackPolicy } from "./core/define";
import { DOMAIN, type Resource } from "./core/resource";
import type { Stack } from "./core/stack";
import { DATA_KINDS } from "./operators";

/** Annotation of a workload whose volumes can be filled again; its value is the reason. */
const REPRODUCIBLE = `${DOMAIN}/reproducible`;

/** Resources of other providers whose deletion deletes data. */
const BUCKETS = ["minio:index/s3Bucket:S3Bucket"];

const FIX = "set the resource option protect to true";

export const stateRequireProtection: StackValidationPolicy = stackPolicy({
  name: "state-require-protection",
  description: "Where state is protected, everything that holds data is protected from deletion.",
  config: {
    protectState: {
      type: "boolean",
      description: "True for stacks that hold real data. Left out: protectData of the capacity ConfigMap, else false.",
    },
  },
  *check(stack, config) {
    if (!protects(stack, config)) return;
    const claiming = stack.workloads
      .filter(({ claims = [] }) => claims.length > 0)
      .map(({ resource }) => resource)
      .filter(holdsData);
    const objects = new Set([...claiming, ...stack.of(...DATA_KINDS)]);
    for (const resource of [...objects, ...stack.of(...BUCKETS)]) {
      if (resource.opts.protect) continue;
      yield { on: resource, field: "protect", problem: "holds data and is not protected", fix: FIX };
    }
    for (const namespace of stack.of("core/Namespace")) {
      const kept = [...objects].find((one) => one.namespace === namespace.name);
      if (kept === undefined || namespace.opts.protect) continue;
      const problem = `contains ${kept.title}, which is deleted with it, and is not protected`;
      yield { on: namespace, field: "protect", problem, fix: FIX };
    }
  },
});

const holdsData = (resource: Resource) => (resource.annotation(REPRODUCIBLE)?.trim() ?? "") === "";

function protects(stack: Stack, { protectState }: Config): boolean {
  return typeof protectState === "boolean" ? protectState : capacityConfigMap(stack).at("protectData").is(true);
}

/** The policy protocol does not show `retainOnDelete`, so only `protect` is checked. */
export const crdRequireRetention: ResourceValidationPolicy = resourcePolicy({
  name: "crd-require-retention",
  description: "Custom resource definitions are protected, because deleting one deletes all objects of its kind.",
  of: ["apiextensions.k8s.io/CustomResourceDefinition"],
  *check({ opts }) {
    if (opts.protect) return;
    yield { field: "protect", problem: "is not protected", fix: `${FIX}, and retainOnDelete, which no policy can see` };
  },
});

export const state = [stateRequireProtection, crdRequireRetention];
