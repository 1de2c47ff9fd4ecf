import { readFileSync } from "node:fs";

import { parse } from "yaml";

import type { Access } from "./api";

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly "server": string; readonly "certificate-authority-data": string };
  }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

/** The first cluster and user of a kubeconfig with a token. */
export function kubeconfigAccess(path: string): Access {
  const { clusters, users } = parse(readFileSync(path, "utf8")) as Kubeconfig;
  const [cluster, user] = [clusters[0]?.cluster, users[0]?.user];
  if (cluster === undefined || user === undefined) throw new Error(`${path} names no cluster or no user`);
  const ca = Buffer.from(cluster["certificate-authority-data"], "base64").toString("utf8");
  return { server: cluster.server, token: user.token, ca };
}
