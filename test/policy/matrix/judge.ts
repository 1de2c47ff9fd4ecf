import { isDeepStrictEqual } from "node:util";

import { podGroups } from "../../../cli/plan";
import type { PolicyPack } from "../../../cli/policy-pack";
import { record, type Recorded } from "../../../cli/recorder";
import { platform } from "../../../components/cluster/platform";
import type { PodGroup } from "../../../components/core/pod-group";
import { stackPods } from "../../../components/pods";
import { settingsFrom } from "../../../components/settings";
import { type Fragment, merge } from "../../../components/settings/presets";
import { pack } from "../../../planner/pack";
import { written } from "./choices";
import type { Choice } from "./switches";

/** What a stack is, and what is wrong with it. */
export interface Judged {
  readonly resources: readonly Recorded[];
  /** A line for each violation and each pod without room; none: the verdict is ok. */
  readonly problems: readonly string[];
}

/**
 * Judges stacks one after the other as the plan does, without writing them down. A resource that was found sound in one stack
 * is not judged again in the next: most are the same.
 */
export class Judge {
  private readonly sound = new Set<string>();

  constructor(private readonly policies: PolicyPack) {}

  /** @param more settings beside those of the choice */
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

/** Groups that are not among others in just that size. */
function lacking(groups: readonly PodGroup[], others: readonly PodGroup[]): string[] {
  return groups
    .filter((group) => !others.some((other) => isDeepStrictEqual(group, other)))
    .map(({ namespace, service, role }) => `${namespace} ${service} ${role}`);
}

function identity({ type, request }: Recorded): string {
  return `${type} ${Buffer.from(request.serializeBinary()).toString("base64")}`;
}
