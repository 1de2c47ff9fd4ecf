import { z } from "zod";

import { originUrl, pageUrl } from "../../fields/addresses";
import { disabled } from "../../fields/common";
import { count, section, size, withDefaults } from "../../fields/fields";
import { cidr } from "../../fields/ranges";
import { roleName, source } from "./tables";

const ISSUER = "the issuer that tokens name: a URL or a word without spaces, quotes and $";
const NAMESPACE = "the key of the claims: a URL or a word without spaces, quotes and $";
const OPERATION = "a name of letters, digits and '_', beginning with a letter";
const QUERY =
  "the text of an operation, as clients send it: it begins with query, mutation, subscription, fragment or {";

const identifier = (error: string) =>
  z
    .string({ error })
    .max(500, { error })
    .regex(/^[^\s"'\\$]+$/, { error });

/** Who signs the callers' tokens. Its keys are public, so that no secret is in the settings. */
const jwt = section({
  jwkUrl: pageUrl.describe("where the issuer publishes its keys; network policies allow its port"),
  cidrs: z.array(cidr).min(1, { error: "at least one range" }).describe("addresses of that host"),
  issuer: identifier(ISSUER).describe("tokens that name another issuer are refused"),
  audience: identifier(ISSUER)
    .optional()
    .describe("tokens for others are refused; needed where one issuer signs for several; default any"),
  claims: identifier(NAMESPACE)
    .optional()
    .describe("key of the token that holds roles and session variables; default https://hasura.io/jwt/claims"),
});

const operation = section({
  name: z
    .string({ error: OPERATION })
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,99}$/, { error: OPERATION })
    .describe("a name of its own"),
  query: z
    .string({ error: QUERY })
    .max(20_000, { error: "at most 20000 characters" })
    .regex(/^\s*(?:query|mutation|subscription|fragment|\{)/, { error: QUERY })
    .describe("its text"),
});

/** GraphQL over PostgreSQL. */
export const hasura = withDefaults(
  section({
    enabled: disabled,
    server: size({ replicas: 2, cpu: 0.25, memory: "512Mi" }).describe("each answers any question"),
    sources: z
      .array(source, { error: "a list of sources: { name, database, tables }" })
      .default([])
      .describe("databases whose tables are served, each with a PostgreSQL user of its own; default none"),
    jwt: jwt.optional().describe("tokens that callers have roles by; default: only the admin secret is taken"),
    unauthorizedRole: roleName.optional().describe("role of callers without a token; default none: they are refused"),
    cors: z
      .array(originUrl, { error: "a list of origins such as https://app.example.org" })
      .default([])
      .describe("pages whose scripts may ask; default none"),
    console: z
      .boolean()
      .default(false)
      .describe("Hasura's web page for its admin; refused where data is protected; default false"),
    operations: z
      .array(operation, { error: "a list of operations: { name, query }" })
      .default([])
      .describe("the only operations that roles may run; default any"),
    limits: section({
      rows: count(1, 1_000_000).default(1000).describe("rows of one answer where a role has no own; default 1000"),
      seconds: count(1, 86_400).default(30).describe("after which PostgreSQL ends a statement; default 30"),
    }).prefault({}),
    connections: count(10, 150)
      .default(100)
      .describe("that all pods have to PostgreSQL at the most, of its 200; default 100"),
    refetchMilliseconds: count(100, 3_600_000)
      .default(1000)
      .describe("how often subscriptions ask PostgreSQL anew; default 1000"),
  }),
).describe("GraphQL over tables of PostgreSQL");

export type HasuraSettings = z.output<typeof hasura>;
