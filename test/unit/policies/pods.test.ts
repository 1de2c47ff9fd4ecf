import {
  containerForbidProbeHosts,
  podForbidHostAccess,
  podForbidSelinux,
  podForbidSysctls,
  podForbidUnconfined,
  podForbidVolumeTypes,
} from "../../../policies/pods/host";
import {
  containerForbidCapabilities,
  containerForbidEscalation,
  containerForbidPrivileged,
  containerRequireReadonlyRoot,
  containerRequireSeccomp,
  podRequireNonroot,
} from "../../../policies/pods/privileges";
import { container, pod, set } from "./edit";
import { UNKNOWN } from "./runner";
import { suite } from "./suite";

const WEB = "Deployment front/web";
const SPARK = "SparkApplication jobs/daily";
const PG = "Cluster back/pg";

suite(podRequireNonroot, [
  {
    when: "pods that do not say so",
    edit: set(WEB, pod("securityContext.runAsNonRoot"), undefined),
    says: [
      "front/web: spec.template.spec.securityContext.runAsNonRoot: Deployment front/web does not set runAsNonRoot for container web. Fix: set runAsNonRoot to true.",
    ],
  },
  {
    when: "a container that says no",
    edit: set(WEB, container("securityContext.runAsNonRoot"), false),
    says: [
      "front/web: spec.template.spec.containers[0].securityContext.runAsNonRoot: Deployment front/web sets runAsNonRoot to false for container web. Fix: set runAsNonRoot to true.",
    ],
  },
  {
    when: "user 0",
    edit: set(WEB, pod("securityContext.runAsUser"), 0),
    says: [
      "front/web: spec.template.spec.securityContext.runAsUser: Deployment front/web runs pods as user 0. Fix: choose another user.",
    ],
  },
  {
    when: "user 0 in a container",
    edit: set(WEB, container("securityContext.runAsUser"), 0),
    says: [
      "front/web: spec.template.spec.containers[0].securityContext.runAsUser: Deployment front/web runs container web as user 0. Fix: choose another user.",
    ],
  },
  { when: "a context that is not known yet", edit: set(WEB, pod("securityContext"), UNKNOWN) },
  {
    when: "Spark executors that do not say so",
    edit: set(SPARK, "spec.executor.podSecurityContext", undefined),
    says: [
      "jobs/daily: spec.executor.podSecurityContext.runAsNonRoot: SparkApplication jobs/daily does not set runAsNonRoot for container spark-kubernetes-executor. Fix: set runAsNonRoot to true.",
    ],
  },
  { when: "pods that an operator makes", edit: set(PG, "spec.podSecurityContext", { runAsNonRoot: false }) },
  {
    when: "pods that say no, though every container says yes",
    edit: [
      set(WEB, pod("securityContext.runAsNonRoot"), false),
      set(WEB, container("securityContext.runAsNonRoot"), true),
    ],
    says: [
      "front/web: spec.template.spec.securityContext.runAsNonRoot: Deployment front/web sets runAsNonRoot to false for the pods. Fix: set runAsNonRoot to true.",
    ],
  },
  {
    when: "root in a user namespace of its own",
    edit: [set(WEB, pod("hostUsers"), false), set(WEB, pod("securityContext.runAsUser"), 0)],
  },
]);

suite(containerForbidEscalation, [
  {
    when: "a container that does not say so",
    edit: set(WEB, container("securityContext.allowPrivilegeEscalation"), undefined),
    says: [
      "front/web: spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation: Deployment front/web does not set allowPrivilegeEscalation for container web. Fix: set allowPrivilegeEscalation to false.",
    ],
  },
  {
    when: "a container that says nothing at all while its image is not known yet",
    edit: [set(WEB, container("image"), UNKNOWN), set(WEB, container("securityContext"), undefined)],
    says: [
      "front/web: spec.template.spec.containers[0].securityContext.allowPrivilegeEscalation: Deployment front/web does not set allowPrivilegeEscalation for container web. Fix: set allowPrivilegeEscalation to false.",
    ],
  },
]);

suite(containerForbidPrivileged, [
  {
    when: "a privileged container",
    edit: set(WEB, container("securityContext.privileged"), true),
    says: [
      "front/web: spec.template.spec.containers[0].securityContext.privileged: Deployment front/web makes container web privileged. Fix: remove it.",
    ],
  },
  {
    when: "an unmasked /proc",
    edit: set(WEB, container("securityContext.procMount"), "Unmasked"),
    says: [
      'front/web: spec.template.spec.containers[0].securityContext.procMount: Deployment front/web sets procMount to "Unmasked" for container web. Fix: remove it.',
    ],
  },
]);

suite(containerForbidCapabilities, [
  {
    when: "other capabilities",
    edit: set(WEB, container("securityContext.capabilities"), {
      drop: ["NET_RAW"],
      add: ["SYS_ADMIN", "NET_BIND_SERVICE"],
    }),
    says: [
      'front/web: spec.template.spec.containers[0].securityContext.capabilities.drop: Deployment front/web sets capabilities.drop to ["NET_RAW"] for container web. Fix: set capabilities.drop to ["ALL"].',
      "front/web: spec.template.spec.containers[0].securityContext.capabilities.add[0]: Deployment front/web adds SYS_ADMIN to container web. Fix: remove it.",
    ],
  },
]);

suite(containerRequireSeccomp, [
  {
    when: "pods without a profile",
    edit: set(WEB, pod("securityContext.seccompProfile"), undefined),
    says: [
      "front/web: spec.template.spec.securityContext.seccompProfile.type: Deployment front/web does not set seccompProfile.type for container web. Fix: set seccompProfile.type to RuntimeDefault.",
    ],
  },
  {
    when: "a container without confinement",
    edit: set(WEB, container("securityContext.seccompProfile"), { type: "Unconfined" }),
    says: [
      'front/web: spec.template.spec.containers[0].securityContext.seccompProfile.type: Deployment front/web sets seccompProfile.type to "Unconfined" for container web. Fix: set seccompProfile.type to RuntimeDefault.',
    ],
  },
  {
    when: "pods without confinement, though every container has it",
    edit: [
      set(WEB, pod("securityContext.seccompProfile"), { type: "Unconfined" }),
      set(WEB, container("securityContext.seccompProfile"), { type: "RuntimeDefault" }),
    ],
    says: [
      'front/web: spec.template.spec.securityContext.seccompProfile.type: Deployment front/web sets seccompProfile.type to "Unconfined" for the pods. Fix: set seccompProfile.type to RuntimeDefault.',
    ],
  },
  {
    when: "Windows, which has none",
    edit: [set(WEB, pod("os"), { name: "windows" }), set(WEB, pod("securityContext.seccompProfile"), undefined)],
  },
]);

suite(containerRequireReadonlyRoot, [
  {
    when: "a writable root",
    edit: set(WEB, container("securityContext.readOnlyRootFilesystem"), false),
    says: [
      "front/web: spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem: Deployment front/web sets readOnlyRootFilesystem to false for container web. Fix: set readOnlyRootFilesystem to true and mount an emptyDir where the program writes.",
    ],
  },
]);

suite(podForbidHostAccess, [
  {
    when: "the network of the node",
    edit: set(WEB, pod("hostNetwork"), true),
    says: ["front/web: spec.template.spec.hostNetwork: Deployment front/web sets hostNetwork to true. Fix: remove it."],
  },
  {
    when: "a port of the node",
    edit: set(WEB, container("ports"), [{ containerPort: 8080, hostPort: 8080 }]),
    says: [
      "front/web: spec.template.spec.containers[0].ports[0].hostPort: Deployment front/web takes port 8080 of the node for container web. Fix: use a Service.",
    ],
  },
  {
    when: "a process of the node on Windows",
    edit: set(WEB, container("securityContext.windowsOptions"), { hostProcess: true }),
    says: [
      "front/web: spec.template.spec.containers[0].securityContext.windowsOptions.hostProcess: Deployment front/web makes container web a process of the node. Fix: remove it.",
    ],
  },
]);

suite(podForbidVolumeTypes, [
  {
    when: "a directory of the node",
    edit: set(WEB, pod("volumes"), [{ name: "logs", hostPath: { path: "/var/log" } }]),
    says: [
      "front/web: spec.template.spec.volumes[0].hostPath: Deployment front/web mounts a volume of type hostPath. Fix: use a persistentVolumeClaim or an emptyDir.",
    ],
  },
  {
    when: "a directory of the node for both roles of a Spark job, once",
    edit: set(SPARK, "spec.volumes", [{ name: "logs", hostPath: { path: "/var/log" } }]),
    says: [
      "jobs/daily: spec.volumes[0].hostPath: SparkApplication jobs/daily mounts a volume of type hostPath. Fix: use a persistentVolumeClaim or an emptyDir.",
    ],
  },
]);

suite(podForbidSysctls, [
  {
    when: "an unsafe one beside a safe one",
    edit: set(WEB, pod("securityContext.sysctls"), [
      { name: "kernel.shmmax", value: "1" },
      { name: "net.ipv4.tcp_syncookies", value: "1" },
    ]),
    says: [
      "front/web: spec.template.spec.securityContext.sysctls[0].name: Deployment front/web sets kernel.shmmax. Fix: set it on the nodes of a pool instead.",
    ],
  },
]);

suite(containerForbidProbeHosts, [
  {
    when: "a probe of another host",
    edit: set(WEB, container("livenessProbe.httpGet.host"), "169.254.169.254"),
    says: [
      "front/web: spec.template.spec.containers[0].livenessProbe.httpGet.host: Deployment front/web makes the kubelet connect to 169.254.169.254 for container web. Fix: remove the host.",
    ],
  },
  { when: "a host that is not known yet", edit: set(WEB, container("livenessProbe.httpGet.host"), UNKNOWN) },
]);

suite(podForbidUnconfined, [
  {
    when: "a container without AppArmor",
    edit: set(WEB, container("securityContext.appArmorProfile"), { type: "Unconfined" }),
    says: [
      'front/web: spec.template.spec.containers[0].securityContext.appArmorProfile.type: Deployment front/web sets appArmorProfile.type to "Unconfined" for container web. Fix: remove appArmorProfile, or use RuntimeDefault.',
    ],
  },
  {
    when: "the annotation of old",
    edit: set(
      WEB,
      ["spec", "template", "metadata", "annotations", "container.apparmor.security.beta.kubernetes.io/web"],
      "unconfined",
    ),
    says: [
      'front/web: spec.template.metadata.annotations["container.apparmor.security.beta.kubernetes.io/web"]: Deployment front/web sets the AppArmor profile "unconfined". Fix: remove the annotation, or use runtime/default.',
    ],
  },
  {
    when: "the same for a Spark driver",
    edit: set(
      SPARK,
      ["spec", "driver", "annotations", "container.apparmor.security.beta.kubernetes.io/x"],
      "unconfined",
    ),
    says: [
      'jobs/daily: spec.driver.annotations["container.apparmor.security.beta.kubernetes.io/x"]: SparkApplication jobs/daily sets the AppArmor profile "unconfined". Fix: remove the annotation, or use runtime/default.',
    ],
  },
]);

suite(podForbidSelinux, [
  {
    when: "a type and a user of its own",
    edit: set(WEB, pod("securityContext.seLinuxOptions"), { type: "spc_t", user: "system_u", level: "s0" }),
    says: [
      'front/web: spec.template.spec.securityContext.seLinuxOptions.type: Deployment front/web sets seLinuxOptions.type to "spc_t" for the pods. Fix: remove it.',
      'front/web: spec.template.spec.securityContext.seLinuxOptions.user: Deployment front/web sets seLinuxOptions.user to "system_u" for the pods. Fix: remove it.',
    ],
  },
]);
