import type { ResourceValidationPolicy } from "@pulumi/policy";

import { resourcePolicy, type Violation } from "./core/define";
import type { Field } from "./core/field";
import type { Resource } from "./core/resource";
import { workloads, WORKLOAD_KEYS } from "./workloads";
import type { Container, Workload } from "./workloads/types";

/**
 * The `restricted` profile of the Pod Security Standards, and a read-only root besides. Judged are pods whose whole
 * specification the stack writes; charts and operators that make pods by themselves are theirs to judge.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */

interface Ours extends Workload {
  readonly spec: Field;
}

function ours(resource: Resource): Ours[] {
  return workloads(resource).filter((workload): workload is Ours => workload.spec?.absent === false);
}

interface PodRule {
  readonly name: string;
  readonly description: string;
  readonly pod?: (pod: Ours) => Iterable<Violation>;
  readonly container?: (container: Container, pod: Ours) => Iterable<Violation>;
}

function podPolicy({ name, description, pod, container }: PodRule): ResourceValidationPolicy {
  return resourcePolicy({
    name,
    description,
    of: WORKLOAD_KEYS,
    *check(resource) {
      for (const workload of ours(resource)) {
        yield* pod?.(workload) ?? [];
        for (const one of workload.containers) yield* container?.(one, workload) ?? [];
      }
    },
  });
}

/** What was given, for a message. */
function given(field: Field): string {
  const what = field.path.replace(/^.*securityContext\./i, "");
  return field.absent ? `does not set ${what}` : `sets ${what} to ${JSON.stringify(field.value)}`;
}

export const podRequireNonroot = podPolicy({
  name: "pod-require-nonroot",
  description: "No container runs as root.",
  *pod({ security }) {
    if (security.at("runAsUser").value === 0) {
      yield { field: security.at("runAsUser"), problem: "runs pods as user 0", fix: "choose another user" };
    }
  },
  *container({ name, security }, pod) {
    const own = security.at("runAsNonRoot");
    const field = own.absent && !security.unknown ? pod.security.at("runAsNonRoot") : own;
    if (!field.unknown && !field.is(true)) {
      yield { field, problem: `${given(field)} for container ${name}`, fix: "set runAsNonRoot to true" };
    }
    if (security.at("runAsUser").value === 0) {
      yield {
        field: security.at("runAsUser"),
        problem: `runs container ${name} as user 0`,
        fix: "choose another user",
      };
    }
  },
});

export const containerForbidEscalation = podPolicy({
  name: "container-forbid-escalation",
  description: "No process in a container gains more privileges than its parent.",
  *container({ name, security }) {
    const field = security.at("allowPrivilegeEscalation");
    if (field.unknown || field.is(false)) return;
    yield { field, problem: `${given(field)} for container ${name}`, fix: "set allowPrivilegeEscalation to false" };
  },
});

export const containerForbidPrivileged = podPolicy({
  name: "container-forbid-privileged",
  description: "No container is privileged or unmasks /proc.",
  *container({ name, security }) {
    const privileged = security.at("privileged");
    if (privileged.is(true)) {
      yield { field: privileged, problem: `makes container ${name} privileged`, fix: "remove it" };
    }
    const mount = security.at("procMount");
    if (mount.present && !mount.is("Default")) {
      yield { field: mount, problem: `${given(mount)} for container ${name}`, fix: "remove it" };
    }
  },
});

export const containerForbidCapabilities = podPolicy({
  name: "container-forbid-capabilities",
  description: "Every container drops all Linux capabilities and adds none but NET_BIND_SERVICE.",
  *container({ name, security }) {
    const drop = security.at("capabilities", "drop");
    if (!drop.unknown && !drop.items.some((item) => item.is("ALL"))) {
      yield { field: drop, problem: `${given(drop)} for container ${name}`, fix: 'set capabilities.drop to ["ALL"]' };
    }
    for (const added of security.at("capabilities", "add").items) {
      if (added.unknown || added.is("NET_BIND_SERVICE")) continue;
      yield { field: added, problem: `adds ${added.text ?? ""} to container ${name}`, fix: "remove it" };
    }
  },
});

export const containerRequireSeccomp = podPolicy({
  name: "container-require-seccomp",
  description: "Every container runs under the RuntimeDefault or a Localhost seccomp profile.",
  *container({ name, security }, pod) {
    const own = security.at("seccompProfile", "type");
    const field = own.absent ? pod.security.at("seccompProfile", "type") : own;
    if (field.unknown || field.is("RuntimeDefault") || field.is("Localhost")) return;
    yield { field, problem: `${given(field)} for container ${name}`, fix: "set seccompProfile.type to RuntimeDefault" };
  },
});

export const containerRequireReadonlyRoot = podPolicy({
  name: "container-require-readonly-root",
  description: "Every container has a read-only root file system.",
  *container({ name, security }) {
    const field = security.at("readOnlyRootFilesystem");
    if (field.unknown || field.is(true)) return;
    const fix = "set readOnlyRootFilesystem to true and mount an emptyDir where the program writes";
    yield { field, problem: `${given(field)} for container ${name}`, fix };
  },
});

export const podForbidHostAccess = podPolicy({
  name: "pod-forbid-host-access",
  description: "No pod shares the node's network, processes, ports or AppArmor exemptions.",
  *pod({ spec }) {
    for (const key of ["hostNetwork", "hostPID", "hostIPC"]) {
      if (spec.at(key).is(true)) yield { field: spec.at(key), problem: `turns on ${key}`, fix: "remove it" };
    }
  },
  *container({ name, field }) {
    for (const port of field.at("ports").items) {
      const host = port.at("hostPort");
      if (host.present && host.value !== 0) {
        yield {
          field: host,
          problem: `takes port ${host.text ?? ""} of the node for container ${name}`,
          fix: "use a Service",
        };
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
  "net.ipv4.tcp_syncookies",
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

export const restricted = [
  podRequireNonroot,
  containerForbidEscalation,
  containerForbidPrivileged,
  containerForbidCapabilities,
  containerRequireSeccomp,
  containerRequireReadonlyRoot,
  podForbidHostAccess,
  podForbidVolumeTypes,
  podForbidSysctls,
];
