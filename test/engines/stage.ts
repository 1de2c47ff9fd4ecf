import { type Stage, startStage } from "../../sandbox/engines/stage";

let started: Stage | undefined;

// Hooks of the whole suite: the engines start once, for all files.
before("the engines start", async function () {
  this.timeout(600_000);
  started = await startStage("dev");
});

after("the engines end", async function () {
  this.timeout(60_000);
  await started?.end();
});

/** The engines, once they have started: for use within tests and hooks. */
export function stage(): Stage {
  if (started === undefined) throw new Error("the engines have not started");
  return started;
}
