import { randomBytes } from "node:crypto";

/** `.env`: the passwords, which are generated once, and stay. */

const LINE = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/;

/** The variables of a file of lines `NAME=value`. */
export function readEnv(text: string): Map<string, string> {
  const all = text.split("\n").flatMap((line) => {
    const [, name, value = ""] = LINE.exec(line) ?? [];
    return name === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1$/, "$2")] as const];
  });
  return new Map(all);
}

const HEAD = "# Passwords of this folder's services, made once: lakehouse compose keeps what is here. Tell nobody.\n";

/** The file with lines for what it lacks; what is in it stays as it is. */
export function withVariables(text: string, variables: ReadonlyMap<string, string>): string {
  const known = readEnv(text);
  const lines = [...variables].filter(([name]) => !known.has(name)).map(([name, value]) => `${name}=${value}\n`);
  const start = text === "" ? HEAD : text.endsWith("\n") ? text : `${text}\n`;
  return start + lines.sort().join("");
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LENGTH = 40;

/** Letters and digits, as many as a stack's passwords have: they stand in connection strings. */
export function newPassword(): string {
  let made = "";
  // Bytes above the last whole multiple of the alphabet would make its first letters likelier.
  const limit = 256 - (256 % ALPHABET.length);
  while (made.length < LENGTH)
    for (const byte of randomBytes(LENGTH))
      if (byte < limit && made.length < LENGTH) made += ALPHABET[byte % ALPHABET.length] ?? "";
  return made;
}
