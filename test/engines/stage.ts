import { type Stage, startStage } from "../../sandbox/engines/stage";

/**
 * Starts the dev stack's engines for a folder of tests, once for all its files, and ends them. Each folder has a network and
 * engines of its own, so that the folders run side by side.
 * @param more starts what these tests need besides
 */
export function staged<T>(more: (stage: Stage) => Promise<T>): () => Stage & T {
  let stage: Stage | undefined;
  let all: (Stage & T) | undefined;

  before("the engines start", async () => {
    stage = await startStage("dev");
    all = { ...stage, ...(await more(stage)) };
  });

  after("the engines end", async () => {
    await stage?.end();
  });

  return () => {
    if (all === undefined) throw new Error("the engines have not started");
    return all;
  };
}

/** Prints how the engines' files are different from the rendered ones, and says how often they are. */
export function printed({ ground }: Stage): number {
  const { list } = ground.changes;
  for (const { kind, file, key, from = "nothing", to = "nothing", why } of list) {
    console.log(`      ${file} ${key}: ${from} → ${to} (${kind}: ${why})`);
  }
  return list.length;
}
