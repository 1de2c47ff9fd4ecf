import { serviceOf, type Ways } from "./networks";
import type { Pod } from "./workloads";

/**
 * Pods that have to be there before each pod starts: those that Pulumi waits for, the servers that it connects to, and the tasks
 * that prepare these. A pod that is waited for already by another is left out.
 * @param pulumi whether Pulumi makes the second after the first
 */
export function order(
  pods: readonly Pod[],
  ways: Ways,
  pulumi: (pod: Pod, before: Pod) => boolean,
): ReadonlyMap<string, readonly Pod[]> {
  const after = new Map<string, Set<Pod>>(pods.map(({ name }) => [name, new Set()]));
  const reaches = (from: Pod, to: Pod): boolean =>
    from === to || [...(after.get(from.name) ?? [])].some((next) => reaches(next, to));
  const add = (pod: Pod, before: Pod) => {
    // Of a circle, the way that was found last is left out: its client retries, as in a cluster.
    if (!reaches(before, pod)) after.get(pod.name)?.add(before);
  };
  for (const pod of pods) for (const before of pods) if (pod !== before && pulumi(pod, before)) add(pod, before);
  const own = (pod: Pod) => [...(ways.servers.get(pod.name) ?? [])];
  for (const pod of pods.filter(({ task }) => task))
    for (const server of own(pod)) if (serviceOf(server) === serviceOf(pod)) add(pod, server);
  for (const pod of pods)
    for (const server of own(pod)) {
      if (serviceOf(server) === serviceOf(pod)) continue;
      add(pod, server);
      for (const task of pods.filter((one) => one.task && serviceOf(one) === serviceOf(server))) add(pod, task);
    }
  const direct = (pod: Pod) => [...(after.get(pod.name) ?? [])];
  return new Map(
    pods.map((pod) => [
      pod.name,
      direct(pod).filter((one) => !direct(pod).some((other) => other !== one && reaches(other, one))),
    ]),
  );
}
