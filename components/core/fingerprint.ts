import { createHash } from "node:crypto";

/** Tells one text from another in a name or an annotation: the first 16 hexadecimal digits of its SHA-256. */
export const fingerprint = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);
