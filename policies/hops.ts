import type { StackValidationPolicy } from "@pulumi/policy";

import { capacityConfigMap } from "./capacity/model";
import { stackPolicy, type Violation } from "./core/define";
import { type Text, textsOf } from "./network/needs";
import { shortName, type Workload } from "./workloads/types";

/** What a text says of a connection that others on the way can read. */
interface PlainForm {
  /** The part that says so; its group is the server. */
  readonly pattern: RegExp;
  /** Whether it is plain whatever server it is of. @default only where that counts */
  readonly always?: boolean;
  /** What makes it safe after all, in the same text. @default nothing */
  readonly unless?: RegExp;
  /** Whether that stands anywhere in the text. @default in the same word */
  readonly wide?: boolean;
  /** A variable of the pods that makes it safe. @default none */
  readonly variable?: readonly [name: string, value: string];
  readonly fix: string;
}

const HOST = String.raw`([a-z0-9][-a-z0-9.{}]*\.svc\b[-a-z0-9.]*(?::\d+)?)`;

/** Forms in which programs of lakehouses name servers within the cluster. */
const FORMS: readonly PlainForm[] = [
  { pattern: new RegExp(String.raw`\bhttp://(?:[^\s/@"']*@)?${HOST}`, "g"), fix: "use https" },
  {
    pattern: new RegExp(String.raw`\bjdbc:postgresql://${HOST}[^\s"'<]*`, "g"),
    unless: /sslmode=verify-full/,
    fix: "add sslmode=verify-full to the URL",
  },
  {
    pattern: new RegExp(String.raw`(?<!jdbc:)\bpostgres(?:ql)?(?:\+\w+)?://(?:[^\s/@"']*@)?${HOST}[^\s"'<]*`, "g"),
    unless: /sslmode=verify-full/,
    variable: ["PGSSLMODE", "verify-full"],
    fix: "set sslmode=verify-full, or the variable PGSSLMODE",
  },
  {
    pattern: new RegExp(String.raw`\bthrift://${HOST}`, "g"),
    unless: /(?:ssl\.enabled|use\.SSL|tls\.enabled)["']?\s*[=:>"', ]+(?:value>)?\s*"?true/i,
    wide: true,
    fix: "switch TLS of the metastore's client on",
  },
  { pattern: /\b(SASL_PLAINTEXT)\b/gi, always: true, fix: "use SASL_SSL" },
];

export const connectionRequireTls: StackValidationPolicy = stackPolicy({
  name: "connection-require-tls",
  description: "No configuration of pods names a server without TLS that the stack says speaks TLS alone.",
  config: {
    requireTls: {
      type: "boolean",
      description:
        "True to refuse every server of the cluster without TLS. Left out: those in tls of the capacity ConfigMap.",
    },
  },
  *check(stack, config) {
    const every = config.requireTls === true;
    const secure = new Set(
      capacityConfigMap(stack)
        .at("tls")
        .items.map(({ text }) => text ?? ""),
    );
    if (!every && secure.size === 0) return;
    const counts = (server: string) => every || secure.has(server);
    for (const client of stack.workloads) {
      const texts = textsOf(client, stack);
      for (const text of texts) yield* plain(client, text, texts, counts);
    }
  },
});

function* plain(
  client: Workload,
  { text, where }: Text,
  all: readonly Text[],
  counts: (server: string) => boolean,
): Generator<Violation> {
  for (const { pattern, always = false, unless, wide = false, variable, fix } of FORMS) {
    for (const [whole, server = ""] of text.matchAll(pattern)) {
      if (!always && !counts(server)) continue;
      if (unless?.test(wide ? text : whole) === true) continue;
      if (variable !== undefined && has(all, variable)) continue;
      yield { on: client.resource, field: where, problem: `${shortName(client)} uses ${server} without TLS`, fix };
    }
  }
}

function has(texts: readonly Text[], [name, value]: readonly [string, string]): boolean {
  return texts.some(
    ({ text, where }) => text === name && texts.some((other) => other.text === value && sibling(where, other.where)),
  );
}

/** `…env[3].name` and `…env[3].value` */
const sibling = (name: string, value: string) => name.replace(/\.name$/, "") === value.replace(/\.value$/, "");
