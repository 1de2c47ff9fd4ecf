import type { Violation } from "../core/define";
import type { Field } from "../core/field";
import { podAnnotations, podPolicy, settingText } from "./rule";

/** Access of pods to their node: namespaces, ports, files, kernel parameters, AppArmor and SELinux. */

function* hostProcess(security: Field, whose: string): Generator<Violation> {
  const field = security.at("windowsOptions", "hostProcess");
  if (field.is(true)) yield { field, problem: `makes ${whose} a process of the node`, fix: "remove it" };
}

export const podForbidHostAccess = podPolicy({
  name: "pod-forbid-host-access",
  description: "No pod shares the node's network, processes or ports, or is a process of the node.",
  *pod({ spec, security }) {
    for (const key of ["hostNetwork", "hostPID", "hostIPC"]) {
      if (spec.at(key).is(true)) yield { field: spec.at(key), problem: `sets ${key} to true`, fix: "remove it" };
    }
    yield* hostProcess(security, "pods");
  },
  *container({ name, field, security }) {
    yield* hostProcess(security, `container ${name}`);
    for (const port of field.at("ports").items) {
      const host = port.at("hostPort");
      if (!host.present || host.value === 0) continue;
      const problem = `takes port ${host.text ?? ""} of the node for container ${name}`;
      yield { field: host, problem, fix: "use a Service" };
    }
  },
});

const HANDLERS = [
  ["livenessProbe"],
  ["readinessProbe"],
  ["startupProbe"],
  ["lifecycle", "postStart"],
  ["lifecycle", "preStop"],
];

export const containerForbidProbeHosts = podPolicy({
  name: "container-forbid-probe-hosts",
  description: "Probes and lifecycle handlers connect to their own container and to no other host.",
  *container({ name, field }) {
    for (const handler of HANDLERS) {
      for (const how of ["httpGet", "tcpSocket"]) {
        const host = field.at(...handler, how, "host");
        if (!host.present || host.is("")) continue;
        const problem = `makes the kubelet connect to ${host.text ?? "another host"} for container ${name}`;
        yield { field: host, problem, fix: "remove the host" };
      }
    }
  },
});

const VOLUMES = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

export const podForbidVolumeTypes = podPolicy({
  name: "pod-forbid-volume-types",
  description: `Pods mount only volumes of the types ${VOLUMES.join(", ")}.`,
  *pod({ volumes }) {
    for (const volume of volumes) {
      for (const [type, field] of volume.entries) {
        if (type === "name" || field.absent || VOLUMES.includes(type)) continue;
        const fix = "use a persistentVolumeClaim or an emptyDir";
        yield { field, problem: `mounts a volume of type ${type}`, fix };
      }
    }
  },
});

/** The safe sysctls of Kubernetes 1.37; older versions have fewer. */
const SYSCTLS = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_notsent_lowat",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_slow_start_after_idle",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
];

export const podForbidSysctls = podPolicy({
  name: "pod-forbid-sysctls",
  description: "Pods set only the kernel parameters that Kubernetes counts as safe.",
  *pod({ security }) {
    for (const sysctl of security.at("sysctls").items) {
      const name = sysctl.at("name");
      if (name.text === undefined || SYSCTLS.includes(name.text)) continue;
      yield { field: name, problem: `sets ${name.text}`, fix: "set it on the nodes of a pool instead" };
    }
  },
});

const APPARMOR_ANNOTATION = "container.apparmor.security.beta.kubernetes.io/";

function* appArmor(security: Field, whose: string): Generator<Violation> {
  const profile = security.at("appArmorProfile");
  const field = profile.at("type");
  if (profile.absent || field.unknown || field.is("RuntimeDefault") || field.is("Localhost")) return;
  yield { field, problem: `${settingText(field)} for ${whose}`, fix: "remove appArmorProfile, or use RuntimeDefault" };
}

export const podForbidUnconfined = podPolicy({
  name: "pod-forbid-unconfined",
  description: "No pod or container turns off the AppArmor profile that nodes apply.",
  *pod(pod) {
    yield* appArmor(pod.security, "the pods");
    for (const [key, field] of podAnnotations(pod)) {
      if (!key.startsWith(APPARMOR_ANNOTATION) || !field.present) continue;
      if (/^($|runtime\/default$|localhost\/)/.test(field.text ?? "?")) continue;
      const problem = `sets the AppArmor profile ${JSON.stringify(field.value)}`;
      yield { field, problem, fix: "remove the annotation, or use runtime/default" };
    }
  },
  *container({ name, security }) {
    yield* appArmor(security, `container ${name}`);
  },
});

const SELINUX_TYPES = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

function* selinux(security: Field, whose: string): Generator<Violation> {
  const options = security.at("seLinuxOptions");
  const type = options.at("type");
  const wrong = [
    ...(type.present && !SELINUX_TYPES.includes(type.text ?? "?") ? [type] : []),
    ...[options.at("user"), options.at("role")].filter((field) => field.present && !field.is("")),
  ];
  for (const field of wrong) yield { field, problem: `${settingText(field)} for ${whose}`, fix: "remove it" };
}

export const podForbidSelinux = podPolicy({
  name: "pod-forbid-selinux",
  description: "No pod or container chooses its SELinux user or role, or a type that is not made for containers.",
  *pod({ security }) {
    yield* selinux(security, "the pods");
  },
  *container({ name, security }) {
    yield* selinux(security, `container ${name}`);
  },
});
