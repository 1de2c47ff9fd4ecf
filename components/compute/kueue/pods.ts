import type { Labels } from "../../core/labels";
import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import type { KueueSettings } from "./settings";

/** The release, and the prefix of the names of its objects. */
export const OPERATOR = "kueue";
/** Labels that the chart gives all objects of its release, and its pods. */
export const RELEASE: Labels = { "app.kubernetes.io/name": OPERATOR, "app.kubernetes.io/instance": OPERATOR };
export const OPERATOR_LABELS: Labels = { ...RELEASE, "control-plane": "controller-manager" };

/** Controllers. The chart knows a node selector and no affinity, so they have one pool. */
export function kueuePods(platform: Platform, { operatorSize }: KueueSettings): PodGroup {
  const names = { service: OPERATOR, role: "controller", namespace: platform.namespace("operators") };
  const group = platform.podGroup(names, operatorSize);
  return { ...group, pools: group.pools.slice(0, 1) };
}
