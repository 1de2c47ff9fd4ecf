import { z } from "zod";

import { mode, section, withDefaults } from "../fields/fields";

/** Prices for the plan; licences that are forbidden, and those that are accepted though they are not open source. */

export const prices = withDefaults(
  section({
    book: mode("founding").default("founding").describe("unit prices that the plan's cost uses; default founding"),
    objectStorageTb: z.number().nonnegative().max(1e6).default(0).describe("TB kept in object storage; default 0"),
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
