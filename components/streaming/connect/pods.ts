import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { CONNECT } from "./config";
import type { ConnectSettings } from "./settings";

export function connectPods(platform: Platform, settings: ConnectSettings): PodGroup[] {
  const names = { service: CONNECT, role: CONNECT, namespace: platform.namespace("streaming") };
  return [platform.podGroup(names, settings.worker)];
}
