import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { ControlPlane } from "./control-plane";

/** Makes the folder that a pod of an account has: its token, its namespace and the API server's authority. */
export async function accountFolder(
  plane: ControlPlane,
  account: { readonly name: string; readonly namespace: string },
): Promise<string> {
  const folder = join(plane.run.folder, "accounts", account.namespace, account.name);
  mkdirSync(folder, { recursive: true });
  const path = `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`;
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 7200 } };
  const { status } = await plane.api.must<{ readonly status: { readonly token: string } }>("POST", path, request);
  writeFileSync(join(folder, "token"), status.token, { mode: 0o600 });
  writeFileSync(join(folder, "namespace"), account.namespace);
  writeFileSync(join(folder, "ca.crt"), plane.api.access.ca);
  return folder;
}
