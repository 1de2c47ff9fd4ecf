import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";

/**
 * Tokens by which clients sign in. The stack signs them itself: the server has the public half of the key alone, so whoever is in it
 * can make none. A client whose generation has ended is named by no rule. Pure.
 */

export const ISSUER = "lakehouse";
const KEY_ID = "lakehouse-1";
/** Ed25519, because a signature of the same token is the same again: an unchanged stack changes no Secret. */
export const ALGORITHM = "EdDSA";
/** Seconds since 1970. The server asks for an end; a token ends with its generation. */
const END = Date.UTC(2100, 0, 1) / 1000;

/** The frame of PKCS #8 around the 32 bytes of such a key, by RFC 8410. */
const FRAME = Buffer.from("302e020100300506032b657004220420", "hex");

const keyOf = (seed: string): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([FRAME, createHash("sha256").update(seed).digest()]),
    format: "der",
    type: "pkcs8",
  });

const word = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** @param seed generated, and known to the stack's state alone */
export function token(seed: string, user: string): string {
  const claims = { iss: ISSUER, sub: user, iat: 0, exp: END };
  const signed = `${word({ alg: ALGORITHM, kid: KEY_ID, typ: "JWT" })}.${word(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), keyOf(seed)).toString("base64url")}`;
}

/** What tokens are checked by: a set of keys (RFC 7517). It is public. */
export const keySet = (seed: string): string =>
  `${JSON.stringify({ keys: [{ ...createPublicKey(keyOf(seed)).export({ format: "jwk" }), kid: KEY_ID, alg: ALGORITHM, use: "sig" }] })}\n`;
