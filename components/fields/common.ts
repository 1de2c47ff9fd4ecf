import { z } from "zod";

import { mode } from "./fields";

/** Settings that several systems have. */

/** Switch of a system that is on by default. */
export const enabled = z.boolean().default(true).describe("default true");

/** Source of libraries that an image lacks: fetched at pod start, or part of an own image. */
export const jars = mode("fetch", "image")
  .default("fetch")
  .describe("fetch missing jars at start, or `image` when the image has them; default fetch");
export const image = z
  .string()
  .regex(/^[\w.-]+(:\d+)?(\/[\w.-]+)+:[\w.-]+(@sha256:[0-9a-f]{64})?$/, {
    error: "registry/name:tag, with @sha256:… if pinned by digest",
  })
  .optional()
  .describe("your own image instead of upstream's");

/** Switch of a system that is off by default. */
export const disabled = z.boolean().default(false).describe("default false");
