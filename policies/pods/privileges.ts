import type { Field } from "../core/field";
import { maybeUserNamespace, maybeWindows, podPolicy, settingText } from "./rule";

/** User, privileges and capabilities of the processes in a container. */

export const podRequireNonroot = podPolicy({
  name: "pod-require-nonroot",
  description: "No container runs as root.",
  *pod(pod) {
    if (maybeUserNamespace(pod)) return;
    const { security } = pod;
    const nonRoot = security.at("runAsNonRoot");
    if (nonRoot.is(false))
      yield { field: nonRoot, problem: `${settingText(nonRoot)} for the pods`, fix: "set runAsNonRoot to true" };
    const user = security.at("runAsUser");
    if (user.value === 0) yield { field: user, problem: "runs pods as user 0", fix: "choose another user" };
  },
  *container({ name, security }, pod) {
    if (maybeUserNamespace(pod)) return;
    const own = security.at("runAsNonRoot");
    const field = own.absent ? pod.security.at("runAsNonRoot") : own;
    // A setting of the pod is reported once, by `pod`.
    if (!field.unknown && !field.is(true) && !(own.absent && field.is(false))) {
      yield { field, problem: `${settingText(field)} for container ${name}`, fix: "set runAsNonRoot to true" };
    }
    const user = security.at("runAsUser");
    if (user.value === 0) {
      yield { field: user, problem: `runs container ${name} as user 0`, fix: "choose another user" };
    }
  },
});

export const containerForbidEscalation = podPolicy({
  name: "container-forbid-escalation",
  description: "No process in a container gains more privileges than its parent.",
  *container({ name, security }, pod) {
    const field = security.at("allowPrivilegeEscalation");
    if (maybeWindows(pod) || field.unknown || field.is(false)) return;
    yield {
      field,
      problem: `${settingText(field)} for container ${name}`,
      fix: "set allowPrivilegeEscalation to false",
    };
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
      yield { field: mount, problem: `${settingText(mount)} for container ${name}`, fix: "remove it" };
    }
  },
});

export const containerForbidCapabilities = podPolicy({
  name: "container-forbid-capabilities",
  description: "Every container drops all Linux capabilities and adds none but NET_BIND_SERVICE.",
  *container({ name, security }, pod) {
    if (maybeWindows(pod)) return;
    const drop = security.at("capabilities", "drop");
    if (!drop.unknown && !drop.items.some((item) => item.unknown || item.is("ALL"))) {
      yield {
        field: drop,
        problem: `${settingText(drop)} for container ${name}`,
        fix: 'set capabilities.drop to ["ALL"]',
      };
    }
    for (const added of security.at("capabilities", "add").items) {
      if (added.unknown || added.is("NET_BIND_SERVICE")) continue;
      yield { field: added, problem: `adds ${added.text ?? ""} to container ${name}`, fix: "remove it" };
    }
  },
});

const confined = (type: Field) => type.unknown || type.is("RuntimeDefault") || type.is("Localhost");

export const containerRequireSeccomp = podPolicy({
  name: "container-require-seccomp",
  description: "Every container runs under the RuntimeDefault or a Localhost seccomp profile.",
  *pod(pod) {
    const profile = pod.security.at("seccompProfile");
    const field = profile.at("type");
    if (maybeWindows(pod) || profile.absent || confined(field)) return;
    yield { field, problem: `${settingText(field)} for the pods`, fix: "set seccompProfile.type to RuntimeDefault" };
  },
  *container({ name, security }, pod) {
    const [own, theirs] = [security.at("seccompProfile"), pod.security.at("seccompProfile")];
    // A setting of the pod is reported once, by `pod`.
    if (maybeWindows(pod) || (own.absent && !theirs.absent)) return;
    const field = (own.absent ? theirs : own).at("type");
    if (confined(field)) return;
    yield {
      field,
      problem: `${settingText(field)} for container ${name}`,
      fix: "set seccompProfile.type to RuntimeDefault",
    };
  },
});

export const containerRequireReadonlyRoot = podPolicy({
  name: "container-require-readonly-root",
  description: "Every container has a read-only root file system.",
  *container({ name, security }, pod) {
    const field = security.at("readOnlyRootFilesystem");
    if (maybeWindows(pod) || field.unknown || field.is(true)) return;
    const fix = "set readOnlyRootFilesystem to true and mount an emptyDir where the program writes";
    yield { field, problem: `${settingText(field)} for container ${name}`, fix };
  },
});
