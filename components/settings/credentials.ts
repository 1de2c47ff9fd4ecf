import { z } from "zod";

import { type ClientName, CLIENTS } from "../core/login";
import { count, section, withDefaults } from "./fields";
import type { Rule } from "./rules";

const client = withDefaults(
  section({
    generation: count(1, 999)
      .default(1)
      .describe("1 more than before gives the service new users, passwords and Secrets; default 1"),
    keepPrevious: z
      .boolean()
      .default(false)
      .describe("lets the generation before live on, until all pods use the new one; default false"),
  }),
);

/** Which generation of credentials each service uses. */
export const credentials = withDefaults(
  section(Object.fromEntries(CLIENTS.map((name) => [name, client])) as Record<ClientName, typeof client>),
);

/** Before the first generation there is none. */
export const previousExists: Rule = function* ({ credentials: all }) {
  for (const name of CLIENTS) {
    const { generation, keepPrevious } = all[name];
    if (keepPrevious && generation === 1)
      yield {
        path: `lakehouse:credentials.${name}.keepPrevious`,
        message: "given true for generation 1, before which there is none; allowed: true from generation 2 on",
      };
  }
};
