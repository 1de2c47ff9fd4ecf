import assert from "node:assert/strict";

import { draft } from "../../../fitting/draft";
import { InputError } from "../../../inputs/input-error";
import { machines } from "../../../fitting/machine";
import { type Need, parseNeed, sizesFor } from "../../../fitting/need";
import { needed } from "../../../fitting/needed";
import { GiB } from "../../../components/core/quantity";

const mistakes = (text: string): readonly string[] => {
  try {
    sizesFor(parseNeed(text));
    return [];
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return error.lines;
  }
};
const valueOf = (need: Need, path: string) => sizesFor(need).sized.find((one) => one.path === path)?.value;

describe("a need", () => {
  it("is read with its units", () => {
    assert.deepEqual(parseNeed("events=1M/s,stored=5PB,users=50k,scan=10TB"), {
      events: 1e6,
      stored: 5000,
      users: 50_000,
      scan: 10,
    });
    assert.deepEqual(parseNeed("events=500/s, stored=1.5PB, scan=500GB"), { events: 500, stored: 1500, scan: 0.5 });
  });

  it("is sized by the founding rules", () => {
    const brokers = (events: number) => valueOf({ events }, "streaming.kafka.broker.replicas");
    assert.deepEqual([1000, 1e6, 5e6, 12.5e6, 20e6].map(brokers), [3, 3, 10, 30, 50]);
    const workers = (scan: number) => valueOf({ scan }, "query.trino.worker.replicas");
    assert.deepEqual([0.1, 10, 11, 100, 101, 5000].map(workers), [10, 10, 50, 50, 200, 200]);
    const tier = (stored: number, users: number) => sizesFor({ stored, users }).preset;
    assert.deepEqual(
      [tier(1000, 100), tier(5000, 50_000), tier(500, 50_000), tier(5001, 1), tier(40_000, 1)],
      ["minimal", "medium", "medium", "large", "large"],
    );
    const servers = (stored: number) => valueOf({ stored }, "storage.objects.server.replicas");
    assert.deepEqual([1000, 5000, 10_000, 40_000].map(servers), [4, 16, 32, 128]);
    assert.equal(valueOf({ users: 100_000 }, "query.queryApi.server.replicas"), 20);
  });

  it("has a reason for each number", () => {
    for (const { path, reason } of sizesFor({ events: 1e6, stored: 5000, users: 50_000, scan: 10 }).sized)
      assert.ok(reason.length > 0, path);
  });

  it("is refused in a line for each mistake", () => {
    assert.deepEqual(mistakes("events=1M,users=-3,foo=3,scan=0TB"), [
      '--need: given "events=1M"; allowed: events=<messages a second such as 1M/s>',
      '--need: given "users=-3"; allowed: users=<people such as 500 or 50k>',
      '--need: given "foo=3"; allowed: events=…, stored=…, users=…, scan=…',
      '--need: given "scan=0TB"; allowed: scan=<data of one query such as 500GB or 10TB>',
    ]);
    assert.deepEqual(mistakes("events=21M/s"), [
      "--need: given 21000000 events a second; allowed: at most 20M/s, where the founding rules end",
    ]);
  });
});

describe("what a need takes", () => {
  const { fragment } = draft({
    machines: machines("node", 3, { cpu: 16, memory: 96 * GiB }),
    objects: { kind: "ceph" },
    systems: [],
  });

  it("says whether the machines hold it, and how many would", () => {
    const { preset, sized } = sizesFor({ events: 1e6, scan: 10 });
    const found = needed(fragment, preset, sized);
    assert.ok(found.unplaced > 0 && found.requested.memory > found.room.memory);
    assert.match(found.advice[0]![0]!, /^\d+ more nodes like node-\d, /);
    const { count, size } = found.machines!;
    const on = (many: number) =>
      needed(
        {
          ...fragment,
          nodes: [
            {
              name: "big",
              count: many,
              pool: "main",
              cpu: size.cpu,
              memory: "192Gi",
              system: { cpu: 1, memory: "10.75Gi" },
            },
          ],
        },
        preset,
        sized,
      ).unplaced;
    assert.deepEqual([on(count), on(count - 1) > 0], [0, true]);
  });

  it("leaves out what the stack does not have", () => {
    const { preset, sized } = sizesFor({ stored: 1000, users: 1000 });
    const paths = needed(fragment, preset, sized).sized.map(({ path }) => path);
    assert.deepEqual(paths, ["preset", "prices.objectStorageTb"]);
  });
});
