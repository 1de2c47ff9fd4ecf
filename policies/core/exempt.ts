import { DOMAIN, type Resource } from "./resource";

/** Where pod templates of the kinds that rules know keep their annotations, besides the object's own. */
const TEMPLATES = [
  "spec.template.metadata.annotations",
  "spec.jobTemplate.spec.template.metadata.annotations",
  "spec.inheritedMetadata.annotations",
  "spec.driver.annotations",
  "spec.executor.annotations",
  "values.podAnnotations",
  "values.commonAnnotations",
];

/**
 * `lakehouse.dev/allow-<policy>: "<reason>"` on an object or its pod template lifts that one policy from it. Resources
 * without annotations are listed in the policy's configuration: `allow: { "<name>": "<reason>" }`.
 */
export function exemption(
  policy: string,
  resource: Resource,
  config: Readonly<Record<string, unknown>>,
): "granted" | "without-reason" | undefined {
  const annotation = `${DOMAIN}/allow-${policy}`;
  const fields = ["metadata.annotations", ...TEMPLATES].map((path) => resource.root.get(path).at(annotation));
  const allowed = (config.allow as Record<string, unknown> | undefined)?.[resource.logicalName];
  const reasons = [...fields.map(({ value }) => value), allowed].filter(
    (reason) => reason !== undefined && reason !== null,
  );
  if (reasons.length === 0) return undefined;
  return reasons.some((reason) => typeof reason === "string" && reason.trim() !== "") ? "granted" : "without-reason";
}
