import type * as k8s from "@pulumi/kubernetes";

import type { ObjectStore, SecretKeys } from "./capabilities";

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

/** Keys, region and settings of an object store as variables of an AWS SDK. */
export const awsEnv = (keys: SecretKeys, { region, sdk }: Pick<ObjectStore, "region" | "sdk">) => ({
  ...credentialsEnv(keys, "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
  AWS_REGION: region,
  ...sdk.env,
});
