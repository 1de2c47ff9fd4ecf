/** Detects secrets in plain text. Results name the kind of secret and never its value. */

/** Values that are secrets under any key. */
const SHAPES: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: "a private key", pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/ },
  { kind: "an AWS access key", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { kind: "a GitHub token", pattern: /\bgh[pousr]_[A-Za-z0-9]{36,}/ },
  { kind: "a Slack token", pattern: /\bxox[abprs]-[A-Za-z0-9-]{10,}/ },
  { kind: "a signed token", pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/ },
];

/** `scheme://user:password@host` */
const USER_INFO = /:\/\/[^\s/:@"']*:([^\s/@"']+)@/g;
/** `…?password=value`, `--password=value`, `password=value;` inside a longer text, and Logstash's `password => "value"`. */
const PARAMETER =
  /(?:^|[\s?&;,"'-])([\w.-]*(?:password|passwd|pwd|secret[_.-]?key|access[_.-]?token))\s*(?:=>\s*["']?|=\s*)([^\s&;,"'<]+)/gi;
/** One property of a configuration file: `key = value`, `key: value`. */
const PROPERTY = /^\s*(?:-\s+|export\s+)?["']?([A-Za-z0-9_.\-/]+)["']?\s*[=:]\s*(.+?)\s*,?\s*$/;
/** Hadoop's XML. */
const XML = /<name>\s*([^<]+?)\s*<\/name>\s*(?:<final>[^<]*<\/final>\s*)?<value>\s*([^<]*?)\s*<\/value>/g;

/** Keys whose values are secrets, in lower case with hyphens. */
const SECRET_KEY = new RegExp(
  "(?:^|-)(?:[a-z0-9]*(?:password|passwd|passphrase|pwd)|secret|secret-(?:access-)?key|(?:secretaccess|secret|api|private|encryption)key" +
    "|(?:[a-z0-9]*token)|api-key|client-secret|shared-secret|(?:private|encryption|signing|account)-key|credentials?)$",
);

/** `accessToken`, `ACCESS_TOKEN`, `--access-token` and `access.token` alike. */
function isSecretKey(key: string): boolean {
  const words = key.replace(/([a-z0-9])([A-Z])/g, "$1-$2").replace(/[^A-Za-z0-9]+/g, "-");
  return SECRET_KEY.test(words.toLowerCase());
}

/** Whether a value refers to a secret and is none: `${ENV:X}`, `$(X)`, `{{ x }}`, NiFi's `#{x}`, `/run/secrets/x`, `file:…`; or opens an object. */
function isReference(value: string): boolean {
  const plain = value.replace(/^(["'])(.*)\1$/, "$2").trim();
  return (
    /^(?:true|false|null|none|file|pam|ldap|oauth2|\d+|\*+|~)?$/i.test(plain) ||
    /^(?:\$|%|<|\{\{|__|#\{[^}]+\}$|[{[]$)/.test(plain) ||
    /\$\{[^}]+\}|\$\([^)]+\)|\{\{[^}]+\}\}|\$\w+/.test(plain) ||
    /^(?:\/|\.\/|file:|env:|jceks:|vault:|secret:\/\/)/.test(plain) ||
    // An expression of a program: os.environ["X"], connect(password=password).
    /^[A-Za-z_][\w.]*[()[\]]/.test(value)
  );
}

/** Cheap tests that most texts fail, before the exact patterns. */
const LIKE_SHAPE = /PRIVATE KEY|AKIA|ASIA|gh[pousr]_|xox[abprs]-|eyJ/;
const LIKE_KEY = /pass|pwd|secret|token|key|credential/i;
const LIKE_PARAMETER = /pass|pwd|secret|token/i;

const shapeIn = (text: string) =>
  LIKE_SHAPE.test(text) ? SHAPES.find(({ pattern }) => pattern.test(text)) : undefined;

/** The kind of secret that a value is, by its form and its key; undefined if it is none. */
export function secretIn(key: string, value: string): string | undefined {
  const shape = shapeIn(value);
  if (shape !== undefined) return shape.kind;
  if (LIKE_KEY.test(key) && isSecretKey(key) && !value.includes("\n") && !isReference(value))
    return `a literal under the key ${key}`;
  for (const [, password = ""] of value.includes("://") ? value.matchAll(USER_INFO) : []) {
    if (!isReference(password)) return "a URL with a password";
  }
  for (const [, name = "", literal = ""] of value.includes("=") && LIKE_PARAMETER.test(value)
    ? value.matchAll(PARAMETER)
    : []) {
    if (!isReference(literal)) return `a literal after ${name}=`;
  }
  return undefined;
}

/** The kind of the first secret in a configuration file; undefined if there is none. */
export function secretInFile(text: string): string | undefined {
  if (!LIKE_SHAPE.test(text) && !LIKE_KEY.test(text) && !text.includes("://")) return undefined;
  for (const line of text.split("\n")) {
    if (/^\s*(#|\/\/|;)/.test(line)) continue;
    const [, key = "", value = ""] = PROPERTY.exec(line) ?? [];
    const found = secretIn(key, value === "" ? line : value) ?? (value === "" ? undefined : secretIn("", line));
    if (found !== undefined) return found;
  }
  for (const [, key = "", value = ""] of text.matchAll(XML)) {
    const found = secretIn(key, value);
    if (found !== undefined) return found;
  }
  return shapeIn(text)?.kind;
}
