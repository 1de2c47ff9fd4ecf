import { z } from "zod";

import { count, section, withDefaults } from "../fields/fields";
import { systems } from "../systems";
import type { Rule } from "./rule";

/** Services that have credentials. */
const CLIENTS = systems.flatMap(({ clients = [] }) => clients).toSorted();

const client = withDefaults(
  section({
    generation: count(1, 999)
      .default(1)
      .describe(
        "generation of the service's credentials: 1 more than before gives new users, passwords and Secrets; default 1",
      ),
    keepPrevious: z
      .boolean()
      .default(false)
      .describe("keeps the generation before valid, until all pods use the new one; default false"),
  }),
);

/** Which generation of credentials each service uses. */
export const credentials = withDefaults(
  section(Object.fromEntries(CLIENTS.map((name) => [name, client])) as Record<string, typeof client>),
);

/** The first generation has no previous one to keep. */
export const previousExists: Rule = function* ({ credentials: all }) {
  for (const [name, { generation, keepPrevious }] of Object.entries(all)) {
    if (keepPrevious && generation === 1)
      yield {
        path: `lakehouse:credentials.${name}.keepPrevious`,
        message: "given true with generation 1, which has no previous one; allowed: true from generation 2 on",
      };
  }
};
