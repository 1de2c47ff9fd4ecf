import type * as k8s from "@pulumi/kubernetes";

type Pod = k8s.types.input.core.v1.PodSecurityContext;

/** What Pod Security's `restricted` profile requires of a container, and a read-only root file system. */
export const RESTRICTED: k8s.types.input.core.v1.SecurityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** What the profile requires of a pod whose containers run as one user. Files of its volumes belong to the user's group. */
export const podSecurity = (user: number) =>
  ({
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: user,
    fsGroup: user,
    seccompProfile: { type: "RuntimeDefault" },
  }) as const satisfies Pod;

/** The same for pods with data: ownership of a volume that is right already is not set again at each start. */
export const dataPodSecurity = (user: number) =>
  ({ ...podSecurity(user), fsGroupChangePolicy: "OnRootMismatch" }) as const satisfies Pod;
