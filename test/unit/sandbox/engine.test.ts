import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { freePorts } from "../../../sandbox/core/ports";
import { running } from "../../../sandbox/core/processes";
import { Run } from "../../../sandbox/core/run";
import { until } from "../../../sandbox/core/until";
import { crashLoopWait, Engine } from "../../../sandbox/engines/engine";

const now = (value: boolean) => Promise.resolve(value);

describe("an engine's pod", () => {
  let run: Run;
  /** The pod's address, which its containers print to the log. */
  let port: number;

  /** A container that prints its address, is then ready, and runs a script. */
  const start = async (script: string, pod: Parameters<typeof Engine.start>[2] = {}) => {
    const engine = await Engine.start(
      run,
      () => ({ name: "engine", command: ["sh", "-c", `echo "at ${port}"; ${script}`], ready: () => now(true) }),
      {
        readdress: async () => {
          port = (await freePorts("pod")).pod;
        },
        ...pod,
      },
    );
    await until("its container is up", () => now(places().length > 0));
    return engine;
  };
  const places = () => readFileSync(join(run.folder, "engine.log"), "utf8").split("\n").slice(0, -1);
  const alive = () => running(run.folder).length;

  beforeEach(() => {
    run = Run.start("test");
    port = 1;
  });
  afterEach(() => run.end());

  it("restarts a container that ends by itself, at the same address", async () => {
    const engine = await start(`test -e ended || { touch ended; exit 1; }; exec sleep 300`);
    await until("it is started again", () => now(places().length === 2 && alive() === 1));
    equal(engine.restarts, 1);
    deepEqual(places(), ["at 1", "at 1"]);
  });

  it("restarts a container that is killed from outside, at the same address", async () => {
    await start("exec sleep 300");
    const [container] = running(run.folder);
    process.kill(container!.pid, "SIGKILL");
    await until("another one runs", () => now(places().length === 2 && running(run.folder)[0]?.pid !== container?.pid));
    deepEqual(places(), ["at 1", "at 1"]);
  });

  it("stays down after it is killed, and comes back at another address on request", async () => {
    const engine = await start("exec sleep 300");
    await engine.kill();
    equal(await engine.ended, "SIGKILL");
    await new Promise((next) => setTimeout(next, 300));
    equal(alive(), 0);
    await engine.restart();
    await until("it says where it is", () => now(places().length === 2));
    ok(places()[1] !== "at 1", places().join());
    equal(engine.restarts, 0);
  });

  it("restarts its container until its dependencies are up", async () => {
    let ready = true;
    const engine = await Engine.start(run, () => ({
      name: "engine",
      command: [
        "sh",
        "-c",
        "test -e gone || exec sleep 300; echo tried; test -e needed || exit 1; touch up; exec sleep 300",
      ],
      ready: () => now(ready),
    }));
    await engine.kill();
    await run.process({ name: "touch", command: ["touch", "gone"] }).then(({ exited }) => exited);
    ready = false;
    const back = engine.restart();
    await until("it was tried twice", () => now(engine.restarts >= 2));
    await run.process({ name: "touch", command: ["touch", "needed"] });
    ready = true;
    await back;
    await until("it runs", () => now(alive() === 1));
  });

  it("does not restart a driver", async () => {
    const engine = await start("exit 3", { restartPolicy: "Never" });
    equal(await engine.ended, 3);
    await new Promise((next) => setTimeout(next, 300));
    deepEqual([engine.restarts, places().length], [0, 1]);
  });

  it("fails with the container's output if it never gets ready", async () => {
    const never = () => now(false);
    const spec = { name: "broken", command: ["sh", "-c", "echo no such option; exit 3"], ready: never };
    await rejects(Engine.start(run, spec), /broken ended with 3 before it was ready:\nno such option/);
  });

  it("restarts no container after it is stopped or its run has ended", async () => {
    const stopped = await start("exec sleep 300");
    await stopped.stop();
    const other = await start("exec sleep 300");
    const { folder } = run;
    await run.end();
    await other.ended;
    await new Promise((next) => setTimeout(next, 300));
    deepEqual([running(folder).length, stopped.restarts, other.restarts], [0, 0, 0]);
    await rejects(run.process({ name: "late", command: ["true"] }), /late is not started: the run has ended/);
  });

  it("has a kubelet's back-off", () => {
    deepEqual([0, 1, 2, 5, 7, 20].map(crashLoopWait), [0, 1000, 2000, 16_000, 60_000, 60_000]);
  });
});
