import { z } from "zod";

import { section, withDefaults } from "../fields/fields";

/** Prices for the plan; licences that are forbidden, and those that are accepted though they are not open source. */

const BOOK =
  "founding (prices of systems), usage (of cores, memory and disks), hardware (of machines of your own), or a file such as ./prices.yaml";
const AMOUNT = "an amount from 0, without a currency sign";

export const prices = withDefaults(
  section({
    book: z
      .string({ error: BOOK })
      .regex(/^(founding|usage|hardware|.+\.ya?ml)$/, { error: BOOK })
      .default("founding")
      .describe(`prices that the plan's cost uses: ${BOOK}; default founding`),
    objectStorageTb: z.number().nonnegative().max(1e6).default(0).describe("TB kept in object storage; default 0"),
    kubernetesMonthly: z
      .number({ error: AMOUNT })
      .nonnegative({ error: AMOUNT })
      .max(1e9, { error: AMOUNT })
      .default(0)
      .describe("lump sum a month for the machines, in the book's currency, where the book prices systems; default 0"),
    budget: z
      .number({ error: AMOUNT })
      .nonnegative({ error: AMOUNT })
      .max(1e12, { error: AMOUNT })
      .optional()
      .describe(
        "most that the stack may cost a month, in the book's currency; a plan above it is refused; default: no limit",
      ),
  }),
);

const SPDX = "an SPDX identifier such as AGPL-3.0-only";
const licence = z.string({ error: SPDX }).regex(/^[A-Za-z0-9][A-Za-z0-9.-]*\+?$/, { error: SPDX });

export const licences = withDefaults(
  section({
    forbid: z
      .array(licence, { error: "a list of SPDX identifiers" })
      .default([])
      .describe("SPDX identifiers of licences that no service may have; -only and -or-later are ignored; default none"),
    allow: z
      .array(licence, { error: "a list of SPDX identifiers" })
      .default([])
      .describe("licences that are not open source and are accepted, such as Elastic-2.0; default none"),
  }),
);
