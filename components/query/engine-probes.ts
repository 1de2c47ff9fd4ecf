import type { ContainerArgs } from "../core/pod";

/** Commands of one engine's nodes. */
export interface NodeCommands {
  /** Succeeds once the node takes work. */
  readonly started: string[];
  /** Lets a worker finish its tasks. @default it is a coordinator, which is not drained */
  readonly drain?: string[];
}

/** Probes of a node of Trino or Presto by its port `http`, and how a worker stops. */
export function engineProbes({
  started,
  drain,
}: NodeCommands): Pick<ContainerArgs, "startupProbe" | "readinessProbe" | "livenessProbe" | "lifecycle"> {
  const answers = { httpGet: { path: "/v1/info", port: "http" } };
  return {
    startupProbe: { exec: { command: started }, periodSeconds: 10, failureThreshold: 60, timeoutSeconds: 10 },
    readinessProbe: { ...answers, periodSeconds: 10, timeoutSeconds: 5 },
    livenessProbe: { ...answers, periodSeconds: 15, failureThreshold: 6, timeoutSeconds: 5 },
    ...(drain === undefined ? {} : { lifecycle: { preStop: { exec: { command: drain } } } }),
  };
}
