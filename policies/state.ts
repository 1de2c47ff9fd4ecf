import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { description } from "./capacity/model";
import { type Config, resourcePolicy, stackPolicy } from "./core/define";
import { DOMAIN, type Resource } from "./core/resource";
import type { Stack } from "./core/stack";
import { DATA_KINDS } from "./operators";

/** On a workload whose volumes hold nothing that is lost with them: why. */
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
      description:
        "On for stacks that hold real data. Left out: as protectData in the capacity ConfigMap says, else off.",
    },
  },
  *check(stack, config) {
    if (!protects(stack, config)) return;
    const claiming = stack.workloads
      .filter(({ claims = [] }) => claims.length > 0)
      .map(({ resource }) => resource)
      .filter(holds);
    const objects = new Set([...claiming, ...stack.of(...DATA_KINDS)]);
    for (const resource of [...objects, ...stack.of(...BUCKETS)]) {
      if (resource.opts.protect) continue;
      yield { on: resource, field: "protect", problem: "holds data and is not protected", fix: FIX };
    }
    for (const namespace of stack.of("core/Namespace")) {
      const kept = [...objects].find((one) => one.namespace === namespace.name);
      if (kept === undefined || namespace.opts.protect) continue;
      yield { on: namespace, field: "protect", problem: `takes ${kept.title} along and is not protected`, fix: FIX };
    }
  },
});

/** Nobody says why what is on its volumes may go. */
const holds = (resource: Resource) => (resource.annotation(REPRODUCIBLE)?.trim() ?? "") === "";

function protects(stack: Stack, { protectState }: Config): boolean {
  return typeof protectState === "boolean" ? protectState : description(stack).at("protectData").is(true);
}

/** That it is retained when it is deleted all the same is an option that policies are not shown. */
export const crdRequireRetention: ResourceValidationPolicy = resourcePolicy({
  name: "crd-require-retention",
  description: "Custom resource definitions are protected: with one go all objects of its kind.",
  of: ["apiextensions.k8s.io/CustomResourceDefinition"],
  *check({ opts }) {
    if (opts.protect) return;
    yield { field: "protect", problem: "is not protected", fix: `${FIX}, and retainOnDelete, which no policy can see` };
  },
});

export const state = [stateRequireProtection, crdRequireRetention];
