import assert from "node:assert/strict";

import type { Fit } from "../../../fitting/fit";
import { lakehouse } from "./command";

const run = (...args: string[]) => lakehouse(["fit", ...args]).ended;

describe("lakehouse fit", () => {
  it("shows presets, systems that are on and that are off, and ends with 0 where the stack fits", async () => {
    const { status, stdout } = await run("-s", "homelab");
    assert.equal(status, 0);
    assert.match(stdout, /^✔ homelab fits 3 machines, and requests 126\.8 of 168 GiB and 22\.5 of 29\.4 cores$/m);
    assert.match(stdout, /^ {2}✘ minimal +no room for 15 pods$/m);
    assert.match(stdout, /^ {4}trino +56 GiB · coordinator 8Gi.* · worker 2 × 24Gi$/m);
    assert.ok(stdout.split("\n").every((line) => line.length <= 100));
  });

  it("is JSON too, for machines that are typed", async () => {
    const { status, stdout } = await run("--nodes", "2", "--memory", "32Gi", "--cpu", "8", "--objects", "s3", "--json");
    const { machines, unplaced } = JSON.parse(stdout) as Fit;
    assert.deepEqual([status, machines, unplaced], [0, 2, 0]);
  });

  it("sizes a need, and ends with 1 where the machines do not hold it", async () => {
    const { status, stdout } = await run("-s", "homelab", "--need", "events=5M/s,scan=10TB");
    assert.equal(status, 1);
    assert.match(stdout, /^ {2}lakehouse:streaming\.kafka\.broker\.replicas: 10$/m);
    assert.match(stdout, /^ {2}→ \d+ machines of 192Gi and 32 cores in place of these$/m);
    assert.equal((await run("-s", "prod", "--need", "events=5M/s,stored=5PB,users=50k,scan=10TB")).status, 0);
  });

  it("tells bad input in a line for each mistake, with exit code 2", async () => {
    const { status, stderr, stdout } = await run("--need", "events=fast,scan=1");
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(stderr, /^--need: given "events=fast"; .*\n--need: given "scan=1"; .*\n$/);
    assert.equal((await run("-s", "nowhere")).status, 2);
  });
});
