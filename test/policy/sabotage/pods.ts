import { container, type Fault, pod, remove, set } from "./fault";

const WHAT = "Deployment trino-worker";
const WORKER = { resource: "Deployment lakehouse-query/trino-worker" };
const FIRST = "spec.template.spec.containers[0]";

/** Faults of containers' sizes, the restricted profile, and the operation of pods. */
export const podFaults: readonly Fault[] = [
  {
    ...WORKER,
    policy: "container-require-resources",
    plant: set(WHAT, container("resources.limits.cpu"), undefined),
    field: `${FIRST}.resources.limits.cpu`,
    says: "no cpu limit for container trino",
  },
  {
    ...WORKER,
    policy: "container-require-memory-guarantee",
    plant: set(WHAT, container("resources.requests.memory"), "20Gi"),
    field: `${FIRST}.resources.requests.memory`,
    says: "20 Gi for container trino",
  },
  {
    ...WORKER,
    policy: "pod-require-nonroot",
    plant: set(WHAT, container("securityContext.runAsNonRoot"), false),
    field: `${FIRST}.securityContext.runAsNonRoot`,
    says: "false",
  },
  {
    ...WORKER,
    policy: "container-forbid-escalation",
    plant: set(WHAT, container("securityContext.allowPrivilegeEscalation"), true),
    field: `${FIRST}.securityContext.allowPrivilegeEscalation`,
    says: "true",
  },
  {
    ...WORKER,
    policy: "container-forbid-privileged",
    plant: set(WHAT, container("securityContext.privileged"), true),
    field: `${FIRST}.securityContext.privileged`,
    says: "privileged",
  },
  {
    ...WORKER,
    policy: "container-forbid-capabilities",
    plant: set(WHAT, container("securityContext.capabilities.add"), ["NET_ADMIN"]),
    field: `${FIRST}.securityContext.capabilities.add[0]`,
    says: "NET_ADMIN",
  },
  {
    ...WORKER,
    policy: "container-require-seccomp",
    plant: set(WHAT, container("securityContext.seccompProfile.type"), "Unconfined"),
    field: `${FIRST}.securityContext.seccompProfile.type`,
    says: "Unconfined",
  },
  {
    ...WORKER,
    policy: "container-require-readonly-root",
    plant: set(WHAT, container("securityContext.readOnlyRootFilesystem"), false),
    field: `${FIRST}.securityContext.readOnlyRootFilesystem`,
    says: "false",
  },
  {
    ...WORKER,
    policy: "pod-forbid-host-access",
    plant: set(WHAT, pod("hostNetwork"), true),
    field: "spec.template.spec.hostNetwork",
    says: "hostNetwork",
  },
  {
    ...WORKER,
    policy: "pod-forbid-volume-types",
    plant: set(WHAT, ["spec", "template", "spec", "volumes", 0], { name: "etc", hostPath: { path: "/etc" } }),
    field: "spec.template.spec.volumes[0].hostPath",
    says: "hostPath",
  },
  {
    ...WORKER,
    policy: "pod-forbid-sysctls",
    plant: set(WHAT, pod("securityContext.sysctls"), [{ name: "kernel.msgmax", value: "65536" }]),
    field: "spec.template.spec.securityContext.sysctls[0].name",
    says: "kernel.msgmax",
  },
  {
    ...WORKER,
    policy: "pod-forbid-token",
    plant: set(WHAT, pod("automountServiceAccountToken"), true),
    field: "spec.template.spec.automountServiceAccountToken",
    says: "trino-worker",
  },
  {
    ...WORKER,
    policy: "container-require-probes",
    plant: set(WHAT, container("readinessProbe"), undefined),
    field: `${FIRST}.readinessProbe`,
    says: "no readinessProbe for container trino",
  },
  {
    ...WORKER,
    policy: "pod-require-labels",
    plant: set(WHAT, ["spec", "template", "metadata", "labels", "app.kubernetes.io/version"], undefined),
    field: "spec.template.metadata.labels",
    says: "app.kubernetes.io/version",
  },
  {
    ...WORKER,
    policy: "workload-require-disruption-budget",
    plant: remove("PodDisruptionBudget trino-worker"),
    field: "spec.replicas",
    says: "2 replicas",
  },
  {
    ...WORKER,
    policy: "container-forbid-probe-hosts",
    plant: set(WHAT, container("livenessProbe.httpGet.host"), "169.254.169.254"),
    field: `${FIRST}.livenessProbe.httpGet.host`,
    says: "169.254.169.254",
  },
  {
    ...WORKER,
    policy: "pod-forbid-unconfined",
    plant: set(WHAT, container("securityContext.appArmorProfile"), { type: "Unconfined" }),
    field: `${FIRST}.securityContext.appArmorProfile.type`,
    says: "Unconfined",
  },
  {
    ...WORKER,
    policy: "pod-forbid-selinux",
    plant: set(WHAT, pod("securityContext.seLinuxOptions"), { user: "system_u" }),
    field: "spec.template.spec.securityContext.seLinuxOptions.user",
    says: "system_u",
  },
  {
    ...WORKER,
    policy: "workload-require-spread",
    plant: set(WHAT, pod("affinity.podAntiAffinity"), undefined),
    field: "spec.template.spec.topologySpreadConstraints",
    says: "2 replicas",
  },
];
