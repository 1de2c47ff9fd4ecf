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

const QUEUE = "lower-case letters, digits and '-', beginning with a letter, at most 40, and not default";

/** Kueue gives jobs that name no queue the one called `default`: also definitions, which must never run. */
export const queueName = z
  .string({ error: QUEUE })
  .regex(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/, { error: QUEUE })
  .refine((name) => name !== "default", { error: QUEUE });
