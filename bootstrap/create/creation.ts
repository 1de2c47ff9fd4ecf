import { addons } from "../addons";
import { clusterName, nodeGroups } from "../description";
import { kindName, kindNodes } from "../kind";
import { KIND_FILE, MANAGEMENT_FILE, type Provider } from "../render";
import type { Settings } from "../../components/settings/schema";
import { capiSteps, deleteCapi, kubeconfigOf, machinesStep } from "./capi";
import { type Installing, installStep } from "./install";
import { contextOf, deleteKind, type KindFile, kindReach, kindStep } from "./kind";
import { reach, type Reach } from "./reach";
import type { Step } from "./steps";
import type { Required } from "./tools";

/** Everything that is known of a cluster before anything is made. */
export interface Known {
  readonly settings: Settings;
  readonly stack: string;
  readonly provider: Provider;
  /** The rendered files by path, and their folder. */
  readonly files: ReadonlyMap<string, string>;
  readonly folder: string;
  readonly inContainers: boolean;
  /** Context of the user's management cluster. @default one of kind is made */
  readonly context: string | undefined;
}

export function toolsFor({ provider, context }: Pick<Known, "provider" | "context">): Required {
  if (provider === "kind") return { tools: ["kind", "kubectl", "helm"], engine: true };
  return context === undefined
    ? { tools: ["kind", "clusterctl", "kubectl", "helm"], engine: true }
    : { tools: ["clusterctl", "kubectl", "helm"], engine: false };
}

export const toolsForDeletion = ({ provider, context }: Pick<Known, "provider" | "context">): Required =>
  provider === "capi" && context !== undefined
    ? { tools: ["kubectl"], engine: false }
    : { tools: ["kind"], engine: true };

/** How a cluster is made, in order, and how it is used then. */
export interface Creation {
  readonly steps: readonly Step[];
  /** Lines for the reader. */
  readonly use: readonly string[];
}

export function creation(all: Known, manifests: Installing["manifests"]): Creation {
  const { folder, files, settings } = all;
  const installed = (target: Reach) =>
    addons(settings, all).map((addon) => installStep(addon, { reach: target, folder, files, manifests }));
  if (all.provider === "kind") {
    const cluster = kindFile(all);
    return {
      steps: [kindStep(cluster), ...installed(kindReach(cluster))],
      use: [`context  ${contextOf(cluster.name)}, which is the current one of your kubeconfig`],
    };
  }
  const { context, stack } = all;
  const management = managementFile(all);
  const kubeconfig = kubeconfigOf({ folder });
  const cluster = {
    name: clusterName(stack),
    folder,
    machines: nodeGroups(settings).reduce((sum, { count }) => sum + count, 0),
    context: context ?? contextOf(management.name),
    management: context === undefined ? kindReach(management) : reach({ context }),
    installs: context === undefined,
  };
  return {
    steps: [
      ...(context === undefined ? [kindStep(management)] : []),
      ...capiSteps(cluster),
      ...installed(reach({ kubeconfig })),
      machinesStep(cluster),
    ],
    use: [`use      export KUBECONFIG=${kubeconfig}`],
  };
}

/** @returns whether there was anything */
export async function deletion(all: Known): Promise<boolean> {
  if (all.provider === "kind") return deleteKind(kindFile(all));
  const name = clusterName(all.stack);
  if (all.context !== undefined) return deleteCapi({ name, management: reach({ context: all.context }) });
  // The containers of its machines are kind's of that name, too.
  const machines = await deleteKind({ name, folder: all.folder, file: "cluster" });
  return (await deleteKind(managementFile(all))) || machines;
}

function kindFile({ settings, stack, folder, files }: Known): KindFile {
  const name = kindName(settings, stack);
  const nodes = kindNodes(settings, name).map((each) => each.name);
  return { name, folder, file: KIND_FILE, text: files.get(KIND_FILE) ?? "", nodes };
}

function managementFile({ stack, folder, files }: Known): KindFile {
  const name = `${clusterName(stack)}-management`;
  const text = files.get(MANAGEMENT_FILE) ?? "";
  return { name, folder, file: MANAGEMENT_FILE, text, nodes: [`${name}-control-plane`] };
}
