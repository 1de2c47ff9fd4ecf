import { isDeepStrictEqual } from "node:util";

import { podGroups } from "../../../preview/plan";
import type { PolicyPack } from "../../../preview/policy-pack";
import { record, type Recorded } from "../../../preview/recorder";
import { platform } from "../../../components/cluster/platform";
import type { PodGroup } from "../../../components/core/pod-group";
import { stackPods } from "../../../components/facts";
import { settingsFrom } from "../../../components/settings";
import { type Fragment, merge } from "../../../components/settings/presets";
import { pack } from "../../../planner/pack";
import { written } from "./choices";
import type { Choice } from "./switches";

/** A stack's description and faults. */
export interface Judged {
  readonly resources: readonly Recorded[];
  /** A line for each violation and each pod without room; empty if the verdict is ok. */
  readonly problems: readonly string[];
}

/**
 * Judges stacks one after the other like the plan, without writing them. A resource that was sound in one stack is not judged
 * again in the next, because most are the same.
 */
export class Judge {
  private readonly sound = new Set<string>();

  constructor(private readonly policies: PolicyPack) {}

  /** @param more settings in addition to the choice's */
  async judge(choice: Choice, more: Fragment = {}): Promise<Judged> {
    const fragment = merge(written(choice), more);
    const values = Object.fromEntries(
      Object.entries(fragment).map(([key, value]) => [
        `lakehouse:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    );
    const program = require("../../../index") as () => unknown;
    const config = { values, secretKeys: [] };
    const { recorded: resources } = await record(program, config, { project: "lakehouse", stack: "matrix" });
    const fresh = resources.filter((one) => one.custom && !this.sound.has(identity(one)));
    const violations = await this.policies.judge(fresh, resources);
    const settings = settingsFrom(fragment);
    const described = platform(settings);
    const groups = podGroups(resources);
    const { unplaced } = pack(described.nodes, groups);
    const pods = stackPods(described, settings);
    if (violations.length === 0) for (const one of fresh) this.sound.add(identity(one));
    return {
      resources,
      problems: [
        ...violations.map(({ policy, urn, message }) => `${policy} ${urn.split("::").at(-1) ?? ""} ${message}`),
        ...lacking(groups, pods).map((name) => `a service runs ${name}, which stackPods lacks`),
        ...lacking(pods, groups).map((name) => `stackPods has ${name}, which no service runs`),
        ...unplaced.map((one) => `no room: ${JSON.stringify(one)}`),
      ],
    };
  }
}

/** Groups without an equal one of the same size among others. */
function lacking(groups: readonly PodGroup[], others: readonly PodGroup[]): string[] {
  return groups
    .filter((group) => !others.some((other) => isDeepStrictEqual(group, other)))
    .map(({ namespace, service, role }) => `${namespace} ${service} ${role}`);
}

function identity({ type, request }: Recorded): string {
  return `${type} ${Buffer.from(request.serializeBinary()).toString("base64")}`;
}
