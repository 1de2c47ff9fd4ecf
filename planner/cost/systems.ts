import type { Resources } from "../../components/core/pod-group";
import type { Price, PriceBook } from "../prices";
import { cents, type Charge, lineOf, MACHINES, OBJECTS, type Sums, systemsOf, total } from "./charges";
import type { CostInputs, OwnedPods } from "./inputs";
import { type Room, roomOf } from "./room";

/** The cost by prices of systems. Existing pods of others cost nothing. */
export function bySystem(pods: readonly OwnedPods[], inputs: CostInputs, { lines = [] }: PriceBook): Sums {
  const deployed = pods.filter(({ group }) => group.origin === "deployed");
  const charged = lines.map(({ line, prices }) => ({
    line,
    charges: prices.flatMap((price) => charge(price, deployed, inputs)),
  }));
  const { kubernetesMonthly = 0 } = inputs;
  const room = roomOf(pods, inputs);
  const unused = (of: keyof Resources, part: keyof Room) => room[part][of] / Math.max(room.whole[of], Number.MIN_VALUE);
  // Nothing says how much of the sum cores cost and how much memory does: each counts as half.
  const share = (part: keyof Room) => cents((kubernetesMonthly * (unused("cpu", part) + unused("memory", part))) / 2);
  return {
    ...total(charged.map(({ line, charges }) => lineOf(line, charges))),
    systems: systemsOf(charged.flatMap(({ charges }) => charges)),
    ...(kubernetesMonthly > 0 && {
      spare: { reserved: share("reserved"), buffer: share("buffer"), free: share("free") },
    }),
  };
}

function charge(
  { unit, monthly, per, of, pods: each }: Price,
  pods: readonly OwnedPods[],
  inputs: CostInputs,
): Charge[] {
  switch (per) {
    case "stack":
      return [{ system: MACHINES, layer: "cluster", units: inputs.kubernetesMonthly ?? 0, each: monthly }];
    case "terabyte":
      return [{ ...OBJECTS, units: inputs.objectStorageTb, unit, each: monthly }];
    default: {
      const matching = pods.filter(
        ({ group: { service, role, replicas } }) =>
          replicas > 0 && of.some((one) => one === service || one === `${service}/${role}`),
      );
      const counted = new Map<string, Charge>();
      for (const { group, system, layer } of matching) {
        // The same service in two namespaces is two.
        const key = JSON.stringify([system, per === "service" && [group.namespace, group.service]]);
        const before = counted.get(key)?.units ?? 0;
        const units = per === "service" ? 1 : before + group.replicas / each;
        counted.set(key, { system, layer, units, unit, each: monthly });
      }
      return [...counted.values()];
    }
  }
}
