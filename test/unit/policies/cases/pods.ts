import { container, pod } from "../edit";
import { type FieldCases, WEB } from "./case";

/** Cases of the restricted profile and of pods' operation. */
export const podCases: FieldCases = {
  "pod-require-nonroot": { what: WEB, path: pod("securityContext.runAsNonRoot"), wrong: false, absent: "refused" },
  "container-forbid-escalation": {
    what: WEB,
    path: container("securityContext.allowPrivilegeEscalation"),
    wrong: true,
    absent: "refused",
  },
  "container-forbid-privileged": {
    what: WEB,
    path: container("securityContext.privileged"),
    wrong: true,
    absent: "accepted",
  },
  "container-forbid-capabilities": {
    what: WEB,
    path: container("securityContext.capabilities.drop"),
    wrong: ["NET_RAW"],
    absent: "refused",
  },
  "container-require-seccomp": {
    what: WEB,
    path: pod("securityContext.seccompProfile.type"),
    wrong: "Unconfined",
    absent: "refused",
  },
  "pod-forbid-host-access": { what: WEB, path: pod("hostNetwork"), wrong: true, absent: "accepted" },
  "container-forbid-probe-hosts": {
    what: WEB,
    path: container("livenessProbe.httpGet.host"),
    wrong: "169.254.169.254",
    absent: "accepted",
  },
  "pod-forbid-volume-types": {
    what: WEB,
    path: pod("volumes"),
    wrong: [{ name: "etc", hostPath: { path: "/etc" } }],
    absent: "accepted",
  },
  "pod-forbid-sysctls": {
    what: WEB,
    path: pod("securityContext.sysctls"),
    wrong: [{ name: "kernel.msgmax", value: "1" }],
    absent: "accepted",
  },
  "pod-forbid-unconfined": {
    what: WEB,
    path: pod("securityContext.appArmorProfile"),
    wrong: { type: "Unconfined" },
    absent: "accepted",
  },
  "pod-forbid-selinux": {
    what: WEB,
    path: pod("securityContext.seLinuxOptions"),
    wrong: { user: "system_u" },
    absent: "accepted",
  },
  "container-require-readonly-root": {
    what: WEB,
    path: container("securityContext.readOnlyRootFilesystem"),
    wrong: false,
    absent: "refused",
  },
  // Only the presence of a probe is judged, not its request.
  "container-require-probes": { what: WEB, path: container("livenessProbe"), wrong: undefined, absent: "refused" },
  "pod-require-labels": {
    what: WEB,
    path: ["spec", "template", "metadata", "labels", "app.kubernetes.io/version"],
    wrong: "",
    absent: "refused",
  },
  "workload-require-disruption-budget": {
    what: "PodDisruptionBudget front/web",
    path: "spec.maxUnavailable",
    wrong: 0,
    absent: "accepted",
    otherKind: "missed",
  },
  "workload-require-spread": { what: WEB, path: pod("topologySpreadConstraints"), wrong: [], absent: "refused" },
  "pod-forbid-token": { what: WEB, path: pod("automountServiceAccountToken"), wrong: true, absent: "refused" },
};
