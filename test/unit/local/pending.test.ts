import { deepEqual, match, rejects } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { Pending } from "../../../sandbox/engines/local/pending";

describe("a start of a local lakehouse", () => {
  it("prints engines that are ready, and one line of those that are not", async () => {
    const lines: string[] = [];
    const pending = new Pending((line) => lines.push(line), 20);
    let end: (value?: unknown) => void = () => undefined;
    const slow = pending.ready("Trino", new Promise((resolve) => (end = resolve)));
    await pending.ready("PostgreSQL", sleep(50));
    const both = lines.splice(0);
    deepEqual([...new Set(both)], ["still starting: Trino, PostgreSQL", "PostgreSQL is ready, 0 s"]);
    while (lines.length === 0) await sleep(5);
    match(lines[0] ?? "", /^still starting: Trino$/);
    end();
    await slow;
    match(lines.at(-1) ?? "", /^Trino is ready, \d s$/);
    const count = lines.length;
    await sleep(50);
    deepEqual(lines.length, count);
  });

  it("prints no line for a failed engine, because its error follows", async () => {
    const lines: string[] = [];
    const pending = new Pending((line) => lines.push(line), 10);
    await rejects(pending.ready("Trino", Promise.reject(new Error("no"))), /no/);
    await sleep(30);
    deepEqual(lines, []);
  });
});
