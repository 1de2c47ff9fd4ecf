import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import { GiB, MiB } from "../../core/quantity";
import type { Size } from "../../fields/fields";
import { type JupyterhubSettings, type Profile, PROFILES } from "./settings";

export const HUB = "jupyterhub";
export const NOTEBOOK = "notebook";
/** Volume of a person's home. */
export const HOME = "home";

/** The hub and its proxy. People's pods are in a namespace of their own: the hub may make and delete every pod there. */
export function hubPods(platform: Platform, { hub, proxy }: JupyterhubSettings): PodGroup[] {
  const group = (role: "hub" | "proxy", size: Size) =>
    platform.podGroup(
      { service: HUB, role, namespace: platform.namespace("hub"), scratch: { "/tmp": 64 * MiB } },
      size,
    );
  return [group("hub", hub), group("proxy", proxy)];
}

/** People's pods by profile, of which there are no more than people. */
export function notebookPods(platform: Platform, settings: JupyterhubSettings): PodGroup[] {
  return PROFILES.flatMap((profile) => {
    const members = membersOf(settings, profile);
    if (members === 0) return [];
    const replicas = Math.min(settings[profile].replicas, members);
    // Homes outlast their pods: those of all people are spread over the pods that run at the same time.
    const home = platform.volume(HOME, Math.ceil((settings.home * members) / replicas));
    const facts = { service: NOTEBOOK, role: profile, namespace: platform.namespace("notebooks") };
    return [
      platform.podGroup(
        { ...facts, lifetime: "elastic", scratch: { "/tmp": GiB }, volumes: [home] },
        { ...settings[profile], replicas },
      ),
    ];
  });
}

const membersOf = ({ people }: JupyterhubSettings, wanted: Profile) =>
  Object.values(people).filter(({ profile }) => profile === wanted).length;
