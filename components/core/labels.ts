import { fingerprint } from "./fingerprint";
import { groupName, type PodGroup } from "./pod-group";

/** Domain of the stack's own labels and annotations. */
export const DOMAIN = "lakehouse.dev";
export const POOL_LABEL = `${DOMAIN}/pool`;
/** Annotation of a Service that exposes stored data outside of the cluster: the reason. */
export const EXPOSED_REASON = `${DOMAIN}/exposed-reason`;

/** Annotation of a PodTemplate: how many pods a program of the stack makes of it at the most. */
export const MADE = `${DOMAIN}/replicas`;

/** Annotation of a workload whose volumes hold only data that can be made again: the reason. */
export const REPRODUCIBLE = `${DOMAIN}/reproducible`;

export type Labels = Readonly<Record<string, string>>;

/** What the labels of an object are derived from. */
export interface LabelFacts extends Pick<PodGroup, "service" | "role"> {
  /** Version of the software that the object belongs to. */
  readonly version?: string;
}

/** The six recommended labels (kubernetes.io, "Recommended Labels"). */
export function labels(facts: LabelFacts): Record<string, string> {
  return {
    ...selector(facts),
    ...(facts.version === undefined ? {} : { "app.kubernetes.io/version": facts.version }),
    "app.kubernetes.io/component": value(facts.role === "" ? facts.service : facts.role),
    "app.kubernetes.io/part-of": "lakehouse",
    "app.kubernetes.io/managed-by": "pulumi",
  };
}

/** The two that never change during an object's life: selectors are immutable. */
export function selector(facts: Pick<LabelFacts, "service" | "role">): Record<string, string> {
  return { "app.kubernetes.io/name": value(facts.service), "app.kubernetes.io/instance": value(groupName(facts)) };
}

/** Characters of a label's value; names of objects may have 253. */
const LONGEST = 63;

/** A name as the value of a label: what is too long ends in a fingerprint of the whole. */
const value = (name: string): string =>
  name.length <= LONGEST ? name : `${name.slice(0, LONGEST - 17)}-${fingerprint(name)}`;

/** Selects the pods of all roles of a service. */
export function serviceSelector(service: string): Record<string, string> {
  return { "app.kubernetes.io/name": value(service) };
}
