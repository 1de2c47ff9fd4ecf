import { resourcePolicy } from "../core/define";
import type { Field } from "../core/field";
import { type Labels, selects } from "../core/labels";
import { type SpecifiedPod, specifiedPods } from "./rule";

const HOST = "kubernetes.io/hostname";
const FIX = `add a podAntiAffinity or a topologySpreadConstraint on ${HOST} that selects the pods themselves`;

export const workloadRequireSpread = resourcePolicy({
  name: "workload-require-spread",
  description: "Replicas of Deployments and StatefulSets are spread over nodes, by a required or a preferred rule.",
  of: ["apps/Deployment", "apps/StatefulSet"],
  *check(resource) {
    for (const pod of specifiedPods(resource)) {
      if (pod.replicas < 2 || spread(pod)) continue;
      const problem = `runs ${String(pod.replicas)} replicas that may all be scheduled on one node`;
      yield { field: pod.spec.at("topologySpreadConstraints"), problem, fix: FIX };
    }
  },
});

function spread({ spec, affinity, labels }: SpecifiedPod): boolean {
  const constraints = spec.at("topologySpreadConstraints");
  const apart = affinity.at("podAntiAffinity");
  const required = apart.at("requiredDuringSchedulingIgnoredDuringExecution");
  const preferred = apart.at("preferredDuringSchedulingIgnoredDuringExecution");
  if ([constraints, required, preferred].some(({ unknown }) => unknown)) return true;
  const terms = [...required.items, ...preferred.items.map((one) => one.at("podAffinityTerm"))];
  return [...constraints.items, ...terms].some((term) => separates(term, labels));
}

/** An absent selector of a term selects no pods, an empty one all. */
function separates(term: Field, labels: Labels): boolean {
  const [key, selector] = [term.at("topologyKey"), term.at("labelSelector")];
  return (key.unknown || key.is(HOST)) && !selector.absent && selects(selector, labels);
}
