/** API groups that every API server of Kubernetes serves by itself; a test asks a real one. Others, also those of `.k8s.io`, are custom. */
const BUILT_IN_GROUPS: ReadonlySet<string> = new Set([
  "",
  "core",
  "apps",
  "autoscaling",
  "batch",
  "policy",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "certificates.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
  "events.k8s.io",
  "flowcontrol.apiserver.k8s.io",
  "internal.apiserver.k8s.io",
  "networking.k8s.io",
  "node.k8s.io",
  "rbac.authorization.k8s.io",
  "resource.k8s.io",
  "scheduling.k8s.io",
  "storage.k8s.io",
  "storagemigration.k8s.io",
]);

/** Whether a group of the API needs definitions: it is not of Kubernetes itself. */
export function isCustomGroup(group: string): boolean {
  return !BUILT_IN_GROUPS.has(group);
}
