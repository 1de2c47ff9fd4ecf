import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Jobs, stages } from "./kwok";
import { SIMULATED } from "./nodes";

export const HOST = "127.0.0.1";
/** An address for documentation (RFC 5737): a server may not advertise a loopback address, even if it listens there only. */
const NOBODY = "192.0.2.1";
/** High client rate limits: the API server serves nobody else. */
const EAGER = ["--kube-api-qps=500", "--kube-api-burst=1000"];
/** No leader election, and no listener, whose port could collide. */
const ALONE = ["--leader-elect=false", "--secure-port=0", ...EAGER];

interface Ports {
  readonly client: number;
  readonly peer: number;
  readonly api: number;
}

export const etcd = (folder: string, { client, peer }: Pick<Ports, "client" | "peer">): string[] => [
  `--data-dir=${join(folder, "etcd")}`,
  `--listen-client-urls=http://${HOST}:${String(client)}`,
  `--advertise-client-urls=http://${HOST}:${String(client)}`,
  `--listen-peer-urls=http://${HOST}:${String(peer)}`,
  `--initial-advertise-peer-urls=http://${HOST}:${String(peer)}`,
  `--initial-cluster=default=http://${HOST}:${String(peer)}`,
  // Its data lives as long as the run, so no fsync is needed.
  "--unsafe-no-fsync",
];

export interface Secrets {
  readonly tokens: string;
  /** Keys of the service accounts' tokens. */
  readonly verifying: string;
  readonly signing: string;
}

export const apiServer = (
  folder: string,
  { client, api }: Pick<Ports, "client" | "api">,
  { tokens, verifying, signing }: Secrets,
): string[] => [
  `--etcd-servers=http://${HOST}:${String(client)}`,
  `--bind-address=${HOST}`,
  `--secure-port=${String(api)}`,
  `--advertise-address=${NOBODY}`,
  "--endpoint-reconciler-type=none",
  `--cert-dir=${join(folder, "server")}`,
  "--service-cluster-ip-range=10.96.0.0/12",
  "--authorization-mode=RBAC",
  `--token-auth-file=${tokens}`,
  "--service-account-issuer=https://kubernetes.default.svc",
  `--service-account-key-file=${verifying}`,
  `--service-account-signing-key-file=${signing}`,
];

export const manager = (folder: string, kubeconfig: string): string[] => [
  `--kubeconfig=${kubeconfig}`,
  ...ALONE,
  `--service-account-private-key-file=${join(folder, "accounts.key")}`,
  `--root-ca-file=${join(folder, "server", "apiserver.crt")}`,
  "--use-service-account-credentials=true",
  "--concurrent-namespace-syncs=20",
];

export const scheduler = (kubeconfig: string): string[] => [`--kubeconfig=${kubeconfig}`, ...ALONE];

export function kwok(folder: string, kubeconfig: string, jobs: Jobs): string[] {
  const config = stages(jobs);
  const path = join(folder, "stages.yaml");
  if (config !== undefined) writeFileSync(path, config);
  return [
    `--kubeconfig=${kubeconfig}`,
    ...(config === undefined ? [] : [`--config=${path}`]),
    "--manage-all-nodes=false",
    `--manage-nodes-with-annotation-selector=${SIMULATED}=fake`,
    "--node-port=0",
    `--node-ip=${NOBODY}`,
    "--cidr=10.244.0.1/16",
    "--node-lease-duration-seconds=40",
  ];
}
