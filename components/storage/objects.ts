import { z } from "zod";

/** Settings that every kind of object store has. */

const REGION = "a region such as us-east-1: letters, digits, '-' and '_', at most 63";
/** Region in request signatures. */
export const region = z
  .string({ error: REGION })
  .regex(/^[A-Za-z0-9_-]{1,63}$/, { error: REGION })
  .default("us-east-1")
  .describe("S3 region in signatures; default us-east-1");

/** Checksum of bulk deletes for older stores. */
export const legacyMd5 = z
  .boolean()
  .default(false)
  .describe(
    "send Content-MD5 when many objects are deleted at once, for stores without newer checksums; default false",
  );
