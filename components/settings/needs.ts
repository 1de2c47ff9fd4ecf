import { type AnySystem, CAPABILITY_WORDS, onSwitch, settingsOf, switchOf } from "../core/system";
import { givers, stackFacts, systemsOn } from "../facts";
import type { Rule } from "./rule";

/** Every system that is on has the capabilities that it needs. */
export const satisfiedNeeds: Rule = function* (settings) {
  const stack = stackFacts(settings);
  for (const system of systemsOn(settings, stack)) {
    for (const { of, how } of Object.values(system.needs)) {
      if (how !== "one" || stack.gives(of)) continue;
      const candidates = givers(of);
      const off = candidates.map((giver) => `${switchOf(giver)} is ${shown(giver, settings)}`).join(" and ");
      const cure = candidates.length === 1 ? "switch it on" : "switch one of them on";
      yield {
        path: switchOf(system),
        message: `given ${shown(system, settings)}, which needs ${CAPABILITY_WORDS[of]}, but ${off}; allowed: ${cure}, or this off`,
      };
    }
  }
};

function shown(system: AnySystem, settings: object): string {
  const own = settingsOf(system, settings) as Record<string, unknown>;
  return String(own[onSwitch(system).key]);
}
