import * as pulumi from "@pulumi/pulumi";

import { platform as describePlatform } from "./cluster/platform";
import type { Door } from "./core/door";
import type { BucketGrant } from "./core/grant";
import type { Platform } from "./core/platform";
import type { PodGroup } from "./core/pod-group";
import type { AnySystem, CapabilityName, StackFacts } from "./core/system";
import { order } from "./core/system-order";
import { stackDoors, stackFacts, stackPods, systemsOn } from "./facts";
import type { Settings } from "./settings/schema";

/** Description of a stack by its settings, before any resource exists. */
export interface Stack {
  readonly settings: Settings;
  readonly platform: Platform;
  readonly facts: StackFacts;
  /** Systems that are on, each after what it needs. */
  readonly systems: readonly AnySystem[];
  /** Of several systems that give a capability, the key of the one that services use. */
  readonly chosen: Readonly<Partial<Record<CapabilityName, string>>>;
  /** Capabilities of the chosen systems, once these are created. */
  readonly preferred: Set<unknown>;
  /** Every pod that will run. A test compares it with the pod groups of the services. */
  readonly groups: readonly PodGroup[];
  /** Entry points for people and for clients outside of the cluster. */
  readonly doors: readonly Door[];
  /** All grants on buckets: some stores keep rights in bucket policies, so they need the complete list. */
  readonly grants: pulumi.Output<readonly BucketGrant[]>;
  /** Resolves `grants`. Call it once, after every client has requested its access. */
  readonly completeGrants: (grants: readonly BucketGrant[]) => void;
}

export function describeStack(settings: Settings): Stack {
  const facts = stackFacts(settings);
  const platform = describePlatform(settings);
  const { search, vectors } = settings.storage;
  const [grants, provide] = pulumi.deferredOutput<readonly BucketGrant[]>();
  return {
    settings,
    platform,
    facts,
    systems: order(systemsOn(settings, facts)),
    chosen: { search, vectors },
    preferred: new Set(),
    groups: stackPods(platform, settings),
    doors: stackDoors(platform, settings, facts),
    grants,
    completeGrants: (all) => {
      provide(pulumi.output(all));
    },
  };
}
