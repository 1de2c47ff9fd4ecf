import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";

import { podAnnotations } from "../workloads";
import type { Field } from "./field";
import { DOMAIN, type Resource } from "./resource";

/** An exemption of a resource from a policy: it holds, or `why` says what is wrong with it. */
export type Exemption = { readonly holds: true } | { readonly holds: false; readonly why: string };

/** `allow` in the configuration of every policy, for resources without annotations. */
export const ALLOW: PolicyConfigJSONSchema = {
  type: "object",
  description: "Resources that are exempt, by their name in the program, each with a reason and its last day.",
  additionalProperties: {
    type: "object",
    properties: {
      reason: { type: "string", pattern: "\\S" },
      until: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
    },
    required: ["reason", "until"],
    additionalProperties: false,
  },
};

/**
 * `lakehouse.dev/allow-<policy>: "<reason>; until 2027-01-31"` on an object or its pod template lifts that one policy from it
 * up to that day. Resources without annotations are listed in the policy's configuration:
 * `allow: { "<name>": { "reason": "<reason>", "until": "2027-01-31" } }`.
 *
 * @param today an ISO date, in UTC
 */
export function exemption(
  policy: string,
  resource: Resource,
  config: Readonly<Record<string, unknown>>,
  today: string = new Date().toISOString().slice(0, 10),
): Exemption | undefined {
  const key = `${DOMAIN}/allow-${policy}`;
  const maps = [resource.root.get("metadata.annotations"), ...podAnnotations(resource)];
  const annotations = maps.map((map) => map.at(key));
  const listed = (config.allow as Record<string, unknown> | undefined)?.[resource.logicalName];
  const asked = [
    ...annotations.filter(({ absent }) => !absent).map((field) => annotated(field, today)),
    ...(listed === undefined || listed === null ? [] : [configured(listed, today)]),
  ];
  return asked.find(({ holds }) => holds) ?? asked[0];
}

function annotated(field: Field, today: string): Exemption {
  // A value that is unknown in a preview is judged at the update.
  if (field.unknown) return { holds: true };
  const [, reason, until] = /^(.*?)(?:(?:^|;)\s*until\s+(\S*)\s*)?$/s.exec(field.text ?? "") ?? [];
  return judge(reason, until, 'write "<reason>; until YYYY-MM-DD"', today);
}

function configured(listed: unknown, today: string): Exemption {
  const { reason, until } = (typeof listed === "object" ? listed : { reason: listed }) as Record<string, unknown>;
  return judge(reason, until, 'write { "reason": …, "until": "YYYY-MM-DD" }', today);
}

function judge(reason: unknown, until: unknown, how: string, today: string): Exemption {
  if (typeof reason !== "string" || reason.trim() === "") {
    return { holds: false, why: `gives no reason: ${how}` };
  }
  if (typeof until !== "string" || until === "") return { holds: false, why: `has no last day: ${how}` };
  if (!isDay(until)) return { holds: false, why: `ends on ${JSON.stringify(until)}, which is not a date: ${how}` };
  return until < today ? { holds: false, why: `ended on ${until}` } : { holds: true };
}

/** Whether a text is a date of the calendar; `2027-02-30` is not. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
