import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { MiB } from "../../core/quantity";
import type { LibrarySettings } from "./settings";

export const VOLUME = "libraries";

export function libraryPods(platform: Platform, settings: LibrarySettings): PodGroup[] {
  const names = { service: "libraries", role: "server", namespace: platform.namespace("storage") };
  const volumes = [platform.volume(VOLUME, settings.volume)];
  return [platform.podGroup({ ...names, volumes, scratch: { "/tmp": 64 * MiB } }, settings.server)];
}
