import { type Lake } from "../../sandbox/engines/stage";

/**
 * Starts the dev stack's engines for a folder of tests, once for all its files, and ends them. Each folder has a network and
 * engines of its own, so that the folders run side by side.
 * @param start starts at least the engines that keep the tables
 * @param more starts additional engines
 * @param alone whether they have fixed ports, so that they are skipped without a network of their own. @default false
 */
export function staged<S extends Lake, T>(
  start: (stack: string) => Promise<S>,
  more: (stage: S) => Promise<T>,
  { alone = false }: { readonly alone?: boolean } = {},
) {
  let stage: S | undefined;
  let all: (S & T) | undefined;

  before("the engines start", async function () {
    if (alone && process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    stage = await start("dev");
    all = { ...stage, ...(await more(stage)) };
  });

  after("the engines end", async () => {
    await stage?.end();
  });

  return (): S & T => {
    if (all === undefined) throw new Error("the engines have not started");
    return all;
  };
}

/** Prints the differences of the engines' files from the rendered ones. @returns their number */
export function printed({ ground }: Lake): number {
  const { list } = ground.changes;
  for (const { kind, file, key, from = "nothing", to = "nothing", why } of list) {
    console.log(`      ${file} ${key}: ${from} → ${to} (${kind}: ${why})`);
  }
  return list.length;
}
