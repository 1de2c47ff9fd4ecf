import { z } from "zod";

import { certificates } from "../core/truststore";

/** Twice of it, in PEM and for Java, has to fit one ConfigMap. In characters. */
const MOST = 400_000;
const FORM =
  "certificates in PEM, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, at most 400000 characters, and no private key";

export const caBundle = z
  .string({ error: FORM })
  .max(MOST, { error: FORM })
  .refine(isBundle, { error: FORM })
  .optional()
  .describe(
    "certificates of the CAs that pods trust, in PEM; they take the place of those that images bring, so that public ones stand here too where pods reach public services; default: those of the images",
  );

function isBundle(text: string): boolean {
  if (text.includes("PRIVATE KEY")) return false;
  try {
    return certificates(text).length > 0;
  } catch {
    return false;
  }
}
