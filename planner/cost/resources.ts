import { GiB } from "../../components/core/quantity";
import type { Resources } from "../../components/core/pod-group";
import type { CostLine } from "../plan";
import type { Rates } from "../prices";
import { cents, OBJECTS, type Sums, systemsOf, total } from "./charges";
import type { CostInputs, OwnedPods } from "./inputs";
import { roomOf } from "./room";

const TB = 1e12;

/** The cost by prices of resources: of whole machines, what pods request and what is left, and of volumes and objects. */
export function byResource(pods: readonly OwnedPods[], inputs: CostInputs, rates: Rates): Sums {
  const deployed = pods.filter(({ group }) => group.origin === "deployed");
  const room = roomOf(pods, inputs);
  const volumes = (of: (pods: OwnedPods) => boolean) =>
    deployed
      .filter(of)
      .reduce(
        (bytes, { group }) => bytes + group.replicas * group.volumes.reduce((all, { size }) => all + size, 0),
        0,
      ) / TB;
  const raw = volumes(({ keepsObjects }) => keepsObjects === true);
  // What is said to be stored counts; without a word of it, the volumes of the store do.
  const objects = inputs.objectStorageTb > 0 ? inputs.objectStorageTb : raw;
  const units = {
    cpu: room.whole.cpu,
    memory: room.whole.memory / GiB,
    volume: volumes(({ keepsObjects }) => keepsObjects !== true),
    object: objects,
  };
  const priced = ({ cpu, memory }: Resources) => cpu * rates.cpu + (memory / GiB) * rates.memory;
  const charges = deployed.flatMap(({ group, system, layer, keepsObjects }) => [
    { system, layer, units: group.replicas, each: priced(group.requests) },
    ...(keepsObjects === true
      ? []
      : group.volumes.map(({ size }) => ({ system, layer, units: (group.replicas * size) / TB, each: rates.volume }))),
  ]);
  const line = (name: string, unit: string, of: keyof Rates): CostLine => ({
    line: name,
    monthly: cents(units[of] * rates[of]),
    parts: units[of] === 0 ? [] : [{ units: units[of], unit, each: rates[of] }],
  });
  return {
    ...total([
      line("cpu", "core", "cpu"),
      line("memory", "GiB", "memory"),
      line("volumes", "TB", "volume"),
      line("object storage", "TB", "object"),
    ]),
    systems: systemsOf([...charges, { ...OBJECTS, units: objects, each: rates.object }]),
    spare: {
      reserved: cents(priced(room.reserved)),
      buffer: cents(priced(room.buffer)),
      free: cents(priced(room.free)),
    },
  };
}
