import { stringify } from "yaml";

/**
 * End of a job's simulated pod: `complete` ends it at once, as if its program had succeeded; `hold` keeps it running, so that its
 * resources stay in use and all pods of a stack are on their nodes at the same time.
 */
export type Jobs = "complete" | "hold";

const stage = (name: string, matchExpressions: readonly unknown[], next: unknown) =>
  stringify({
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Stage",
    metadata: { name },
    spec: { resourceRef: { apiGroup: "v1", kind: "Pod" }, selector: { matchExpressions }, next },
  });

const condition = (type: string) => `- {type: ${type}, status: "True", lastTransitionTime: {{ $now | Quote }}}`;

const RUNNING = `{{ $now := Now }}
conditions:
${["Initialized", "Ready", "ContainersReady"].map(condition).join("\n")}
containerStatuses:
{{ range .spec.containers }}
- {name: {{ .name | Quote }}, image: {{ .image | Quote }}, ready: true, restartCount: 0, state: {running: {startedAt: {{ $now | Quote }}}}}
{{ end }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
phase: Running
startTime: {{ $now | Quote }}
`;

/** KWOK stages of a pod on simulated nodes; undefined for KWOK's default, in which a job's pod completes at once. */
export function stages(jobs: Jobs): string | undefined {
  if (jobs === "complete") return undefined;
  const gone = { key: ".metadata.deletionTimestamp", operator: "Exists" };
  const alive = { key: ".metadata.deletionTimestamp", operator: "DoesNotExist" };
  const fresh = { key: ".status.podIP", operator: "DoesNotExist" };
  return [
    stage("pod-run", [alive, fresh], { statusTemplate: RUNNING }),
    stage("pod-delete", [gone], { finalizers: { empty: true }, delete: true }),
  ].join("---\n");
}
