import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { availableParallelism } from "node:os";

import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { GiB, MiB } from "../../../components/core/quantity";
import { trinoMemory } from "../../../components/query/trino/config";
import {
  GENERATOR,
  LEAST,
  mustHaveRoom,
  neededFor,
  shareOf,
  sized,
  sizesOf,
  wantedMemory,
} from "../../../sandbox/engines/local/memory";

describe("the memory of a local lakehouse", () => {
  it("is half of the machine's, at most three quarters of the free memory, and at least the minimum", () => {
    equal(shareOf({ memory: 24 * GiB, available: 20 * GiB }), 12 * GiB);
    equal(shareOf({ memory: 24 * GiB, available: 8 * GiB }), 6 * GiB);
    equal(shareOf({ memory: 6 * GiB, available: 5 * GiB }), LEAST);
    equal(shareOf({ memory: 24 * GiB, available: 20 * GiB }, 7 * GiB), 7 * GiB);
  });

  it("of Trino's nodes is at least the dev stack's, and grows with the machine", () => {
    deepEqual(sizesOf(LEAST), { coordinator: 1280 * MiB, worker: 2048 * MiB });
    const large = sizesOf(12 * GiB);
    ok(large.worker > 6 * GiB && large.coordinator < 3 * GiB);
    equal(sizesOf(64 * GiB).coordinator, 4 * GiB);
    for (let share = LEAST; share < 64 * GiB; share += 100 * MiB) {
      const { coordinator, worker } = sizesOf(share);
      ok(coordinator + worker + 2304 * MiB <= share, String(share));
      ok(trinoMemory(coordinator).heap >= 512 * MiB);
      ok(trinoMemory(worker).heap - GENERATOR >= 768 * MiB);
    }
  });

  it("is written into the stack's settings, and changes no others", () => {
    const before = readStackFile(PROJECT_FOLDER, "dev");
    const after = sized(before, { coordinator: 2 * GiB, worker: 3 * GiB });
    const query = (config: typeof before) =>
      JSON.parse(config.values["lakehouse:query"] ?? "{}") as { trino: Record<string, unknown> };
    const { coordinator, worker, ...rest } = query(after).trino;
    deepEqual(
      [coordinator, worker],
      [
        { cpu: 0.5, memory: "2Gi" },
        { replicas: 1, cpu: availableParallelism(), memory: "3Gi" },
      ],
    );
    deepEqual(rest, query(before).trino);
    deepEqual({ ...after.values, "lakehouse:query": "" }, { ...before.values, "lakehouse:query": "" });
  });

  it("is needed only for engines that do not run yet", () => {
    const sizes = sizesOf(LEAST);
    const names = ["minio", "postgres", "metastore", "rest-catalog", "trino-coordinator", "trino-worker"];
    equal(neededFor(names, sizes, false), LEAST);
    equal(neededFor(["trino-worker"], sizes, false), sizes.worker);
    equal(neededFor([], sizes, false), 0);
    throws(
      () => {
        mustHaveRoom(5 * GiB, { memory: 8 * GiB, available: 4 * GiB });
      },
      {
        name: "InputError",
        message: /4\.0 GiB of this machine are available, 5\.0 GiB are needed; allowed: a smaller/,
      },
    );
  });

  it("is a setting: a size from the minimum to the machine's, or auto", () => {
    const machine = { memory: 16 * GiB, available: 16 * GiB };
    equal(wantedMemory("8Gi", machine), 8 * GiB);
    equal(wantedMemory("auto", machine), undefined);
    for (const text of ["4Gi", "17Gi", "8", "8GB", ""]) {
      let message = "";
      try {
        wantedMemory(text, machine);
      } catch (error) {
        message = (error as Error).message;
      }
      match(message, /^--memory .*: allowed: auto, or from 5\.5Gi to the 16\.0 GiB of this machine/, text);
    }
  });
});
