import type { ResourceValidationPolicy } from "@pulumi/policy";

import {
  containerForbidProbeHosts,
  podForbidHostAccess,
  podForbidSelinux,
  podForbidSysctls,
  podForbidUnconfined,
  podForbidVolumeTypes,
} from "./pods/host";
import {
  containerForbidCapabilities,
  containerForbidEscalation,
  containerForbidPrivileged,
  containerRequireReadonlyRoot,
  containerRequireSeccomp,
  podRequireNonroot,
} from "./pods/privileges";

/**
 * The `restricted` profile of the Pod Security Standards, as Kubernetes 1.37 checks it, with nothing more and nothing less.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export const restricted: readonly ResourceValidationPolicy[] = [
  podRequireNonroot,
  containerForbidEscalation,
  containerForbidPrivileged,
  containerForbidCapabilities,
  containerRequireSeccomp,
  podForbidHostAccess,
  containerForbidProbeHosts,
  podForbidVolumeTypes,
  podForbidSysctls,
  podForbidUnconfined,
  podForbidSelinux,
];

/** The profile, and a read-only root besides. */
export const pods: readonly ResourceValidationPolicy[] = [...restricted, containerRequireReadonlyRoot];
