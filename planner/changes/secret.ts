import { isObject } from "../compare";

/** What stands in place of a secret value, and of one that only an update computes. */
export const SECRET = "(secret)";
export const COMPUTED = "(computed)";

/** A key of a secret value: `s3.secret-key`, `password`; not of what names or counts secrets. */
const SECRET_KEY = /(^|[._\-a-z])(passw(or)?d|passphrase|secret|secret-?key|private-?key|access-?token|token)$/i;

/** `key=value` in a text, where the key is one of a secret and the value is no reference such as `${ENV:S3_KEY}`. */
const SECRET_LINE =
  /^(\s*[\w."'-]*?(?:passw(?:or)?d|passphrase|secret|secret-?key|private-?key|access-?token)["']?\s*[=:]\s*)(?!\$|["']?\$\{|\{|\s)(.+)$/gim;

/** User and password in a URL. */
const LOGIN = /:\/\/[^\s"'/@]+:[^\s"'/@]+@/g;

/**
 * A field's value without secrets: values of Secrets, of keys that say so, of URLs' users, and private keys.
 * @param isSecret whether the object of the field is a Secret, and the field one of its values
 */
export function withoutSecrets(value: unknown, key: string, isSecret = false): unknown {
  if (value === undefined || value === null || typeof value === "boolean" || typeof value === "number")
    return isSecret && value !== undefined ? SECRET : value;
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(each, key, isSecret));
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([inner, of]) => [inner, withoutSecrets(of, inner, isSecret)]));
  return typeof value === "string" ? text(value, key, isSecret) : value;
}

function text(value: string, key: string, isSecret: boolean): string {
  if (value === "[computed]") return COMPUTED;
  if (isSecret || value.includes("[secret]") || value.includes("PRIVATE KEY-----") || SECRET_KEY.test(key))
    return SECRET;
  return value.replace(LOGIN, `://${SECRET}@`).replace(SECRET_LINE, `$1${SECRET}`);
}
