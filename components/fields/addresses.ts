import { z } from "zod";

/**
 * Hosts and URLs. They are written into scripts and files of many formats, so they hold no character that has a meaning in one of
 * these.
 */

const LABEL = "[A-Za-z0-9](?:[-A-Za-z0-9]{0,61}[A-Za-z0-9])?";
const NAME = `${LABEL}(?:\\.${LABEL})*`;
const PORT = "(?:[1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])";
const ORIGIN = `https?:\\/\\/(?:${NAME}|\\[[0-9A-Fa-f:]{2,39}\\])(?::${PORT})?`;
const PATH = "(?:\\/[A-Za-z0-9._~%+=,-]*)*";

const HOST = "a host name or an address such as s3.example.org, 192.0.2.10 or 2001:db8::1";
export const host = z
  .string({ error: HOST })
  .max(253, { error: HOST })
  .regex(new RegExp(`^(?:${NAME}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})$`), { error: HOST });

const USER = "a URL without a user or password, which everybody would see in the manifests";

/** A URL that holds no secret. */
function url(pattern: string, form: string) {
  const error = (issue: { readonly input?: unknown }) =>
    typeof issue.input === "string" && /^[^/?#]*:\/\/[^/?#]*@/.test(issue.input) ? USER : form;
  return z
    .string({ error: form })
    .max(2000, { error: form })
    .regex(new RegExp(`^${pattern}$`), { error });
}

/** Scheme, host and port only. */
export const originUrl = url(
  `${ORIGIN}\\/?`,
  "a URL of a host such as https://s3.example.org or http://192.0.2.10:9000",
);
export const repositoryUrl = url(`${ORIGIN}${PATH}`, "a URL such as https://mirror.example.org/maven");
export const pageUrl = url(
  `${ORIGIN}${PATH}(?:\\?[A-Za-z0-9._~%+=&,-]*)?`,
  "a URL of a page such as https://wiki.example.org/runbooks",
);
