import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Metadata } from "./service";

export interface RightsArgs {
  /** Of the Role and of its binding, in the namespace that the rights hold in. */
  readonly metadata: Metadata;
  readonly rules: readonly k8s.types.input.rbac.v1.PolicyRule[];
  /** Name and namespace of the service account that has the rights. */
  readonly account: Pick<Metadata, "name" | "namespace">;
}

/** Rights of a service account in one namespace: a Role and its RoleBinding, both named as the metadata. */
export function rights({ metadata, rules, account }: RightsArgs, parent: pulumi.Resource): pulumi.Resource[] {
  const { name } = metadata;
  const child = { parent };
  return [
    new k8s.rbac.v1.Role(name, { metadata, rules: [...rules] }, child),
    new k8s.rbac.v1.RoleBinding(
      name,
      {
        metadata,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
        subjects: [{ kind: "ServiceAccount", name: account.name, namespace: account.namespace }],
      },
      child,
    ),
  ];
}

/** A service account of its own with rights in its namespace. Pods mount its token only where they say so. */
export function accountWithRights({ metadata, rules }: Omit<RightsArgs, "account">, parent: pulumi.Resource) {
  const account = new k8s.core.v1.ServiceAccount(
    metadata.name,
    { metadata, automountServiceAccountToken: false },
    { parent },
  );
  return [account, ...rights({ metadata, rules, account: metadata }, parent)];
}
