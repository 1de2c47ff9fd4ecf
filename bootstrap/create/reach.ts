import { run, type RunOptions } from "./run";

/** Commands against one cluster. */
export interface Reach {
  readonly kubectl: (args: readonly string[], options?: RunOptions) => Promise<string>;
  readonly helm: (args: readonly string[], options?: RunOptions) => Promise<string>;
}

/** By a context of the user's kubeconfig, or by a file of its own. */
export function reach(by: { readonly context: string } | { readonly kubeconfig: string }): Reach {
  const [kubectl, helm] =
    "context" in by
      ? [`--context=${by.context}`, `--kube-context=${by.context}`]
      : [`--kubeconfig=${by.kubeconfig}`, `--kubeconfig=${by.kubeconfig}`];
  return {
    kubectl: (args, options) => run("kubectl", [kubectl, ...args], options),
    helm: (args, options) => run("helm", [helm, ...args], options),
  };
}

/** Whether a command ends well. */
export const isWell = (command: Promise<unknown>): Promise<boolean> =>
  command.then(
    () => true,
    () => false,
  );
