import type * as k8s from "@pulumi/kubernetes";

import type { SecretKeys } from "./capabilities";

type EnvVarSource = k8s.types.input.core.v1.EnvVarSource;

/** A variable whose value is one key of a Secret. */
export function fromSecret(name: string, key: string): EnvVarSource {
  return { secretKeyRef: { name, key } };
}

/** User and password of a grant as two variables. */
export function credentialsEnv(
  keys: SecretKeys,
  userVariable: string,
  passwordVariable: string,
): Record<string, EnvVarSource> {
  return {
    [userVariable]: fromSecret(keys.secret, keys.userKey),
    [passwordVariable]: fromSecret(keys.secret, keys.passwordKey),
  };
}
