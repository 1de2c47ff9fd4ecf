import { z } from "zod";

import { certificates } from "../core/truststore";

/** Characters of a bundle. It has to fit one ConfigMap twice: in PEM and as a Java keystore. */
const MOST_CHARACTERS = 400_000;
const FORM =
  "certificates in PEM, each from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, at most 400000 characters, and no private key";

export const caBundle = z
  .string({ error: FORM })
  .max(MOST_CHARACTERS, { error: FORM })
  .refine(isBundle, { error: FORM })
  .optional()
  .describe(
    "certificates of the CAs that pods trust, in PEM; they replace those of the images, so add public CAs where pods reach public services; default: those of the images",
  );

function isBundle(text: string): boolean {
  if (text.includes("PRIVATE KEY")) return false;
  try {
    return certificates(text).length > 0;
  } catch {
    return false;
  }
}
