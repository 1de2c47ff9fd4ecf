import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { CLUSTER_API } from "../pins";
import { CLUSTER_FILE, CLUSTERCTL_FILE } from "../render";
import { isWell, type Reach } from "./reach";
import { run } from "./run";
import type { Step } from "./steps";

/** A cluster that Cluster API makes, and the one that it runs in. */
export interface CapiCluster {
  readonly name: string;
  /** Number of its machines. */
  readonly machines: number;
  readonly folder: string;
  readonly management: Reach;
  /** Context of the management cluster. */
  readonly context: string;
  /** Installs Cluster API and its providers for trials; in a cluster of the user's own they are there. */
  readonly installs: boolean;
}

export const kubeconfigOf = ({ folder }: Pick<CapiCluster, "folder">) => join(folder, "kubeconfig");

/** Providers by clusterctl's option, with the name of each in the cluster. */
const PROVIDERS = {
  "core": "cluster-api",
  "bootstrap": "kubeadm",
  "control-plane": "kubeadm",
  "infrastructure": "docker",
} as const;
type ProviderKind = keyof typeof PROVIDERS;

const KINDS: Readonly<Record<string, ProviderKind>> = {
  CoreProvider: "core",
  BootstrapProvider: "bootstrap",
  ControlPlaneProvider: "control-plane",
  InfrastructureProvider: "infrastructure",
};

export function capiSteps(cluster: CapiCluster): Step[] {
  const { name, folder, management, context } = cluster;
  const applied = join(folder, CLUSTER_FILE);
  const ready = (timeout: string) =>
    management.kubectl(["wait", `cluster/${name}`, "--for=condition=ControlPlaneInitialized", `--timeout=${timeout}`]);
  const providers: Step = {
    title: `Cluster API ${CLUSTER_API}`,
    isDone: async () => (await missingProviders(management)).length === 0,
    work: async () => {
      const options = (await missingProviders(management)).map((kind) => `--${kind}=${PROVIDERS[kind]}:${CLUSTER_API}`);
      const config = `--config=${join(folder, CLUSTERCTL_FILE)}`;
      await run("clusterctl", ["init", config, `--kubeconfig-context=${context}`, ...options, "--wait-providers"]);
    },
  };
  return [
    ...(cluster.installs ? [providers] : []),
    {
      title: `cluster ${name}`,
      isDone: async () =>
        (await isWell(management.kubectl(["diff", "--server-side", "-f", applied]))) && isWell(ready("10s")),
      work: async () => {
        await management.kubectl(["apply", "--server-side", "--field-manager=lakehouse", "-f", applied]);
        await ready("30m");
      },
    },
    {
      title: `kubeconfig ${kubeconfigOf(cluster)}`,
      // It is read anew, as certificates end; nothing in the cluster changes by it.
      isDone: async () => {
        const text = await run("clusterctl", ["get", "kubeconfig", name, `--kubeconfig-context=${context}`]);
        writeFileSync(kubeconfigOf(cluster), text, { mode: 0o600 });
        return true;
      },
      work: () => Promise.resolve(),
    },
  ];
}

/** The last step: machines join while the network is installed. */
export function machinesStep({
  name,
  machines,
  management,
}: Pick<CapiCluster, "name" | "machines" | "management">): Step {
  const available = (timeout: string) =>
    management.kubectl(["wait", `cluster/${name}`, "--for=condition=Available", `--timeout=${timeout}`]);
  return {
    title: `${String(machines)} machines are ready`,
    isDone: () => isWell(available("10s")),
    work: async () => {
      await available("60m");
    },
  };
}

/** Providers that a killed run has not come to: clusterctl refuses those that are there. */
async function missingProviders({ kubectl }: Reach): Promise<ProviderKind[]> {
  const crd = await kubectl([
    "get",
    "crd/providers.clusterctl.cluster.x-k8s.io",
    "--ignore-not-found",
    "--output=name",
  ]);
  if (crd.trim() === "") return Object.keys(PROVIDERS) as ProviderKind[];
  const text = await kubectl(["get", "providers.clusterctl.cluster.x-k8s.io", "-A", "--output=json"]);
  const { items } = JSON.parse(text) as { readonly items: readonly { readonly type: string }[] };
  const there = new Set(items.map(({ type }) => KINDS[type]));
  return (Object.keys(PROVIDERS) as ProviderKind[]).filter((kind) => !there.has(kind));
}

/** @returns whether there was one */
export async function deleteCapi({ name, management }: Pick<CapiCluster, "name" | "management">): Promise<boolean> {
  const found = await management.kubectl([
    "get",
    `clusters.cluster.x-k8s.io/${name}`,
    "--ignore-not-found",
    "--output=name",
  ]);
  if (found.trim() === "") return false;
  await management.kubectl(["delete", `clusters.cluster.x-k8s.io/${name}`, "--timeout=30m"]);
  return true;
}
