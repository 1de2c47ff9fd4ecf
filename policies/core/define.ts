import type {
  PolicyConfigSchema,
  ReportViolation,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";

import { ALLOW, exemption } from "./exempt";
import type { Field } from "./field";
import { keyOf, Resource } from "./resource";
import { Stack } from "./stack";
import { rememberInputs } from "./unconfigured";

/** What is wrong with one field of one resource. */
export interface Violation {
  /** The resource; @default the one that is judged. */
  readonly on?: Resource;
  readonly field: Field | string;
  /** Without a full stop. Names what was given, never a secret. */
  readonly problem: string;
  /** An imperative, without a full stop. */
  readonly fix: string;
}

export type Violations = Iterable<Violation>;
export type Config = Readonly<Record<string, unknown>>;

interface Definition {
  /** `<kind>-<verb>-<what>` */
  readonly name: string;
  /** One full sentence. */
  readonly description: string;
  readonly config?: PolicyConfigSchema["properties"];
}

export interface ResourceDefinition extends Definition {
  /** Keys of the resources that it judges (see `keyOf`). @default all */
  readonly of?: Iterable<string>;
  check(resource: Resource, config: Config): Violations;
}

export interface StackDefinition extends Definition {
  /** The reason why it cannot judge a stack; undefined if it can. */
  notApplicable?(stack: Stack, config: Config): string | undefined;
  check(stack: Stack, config: Config): Violations;
}

/** A policy that judges each resource by itself. */
export function resourcePolicy(definition: ResourceDefinition): ResourceValidationPolicy {
  const keys = definition.of === undefined ? undefined : new Set(definition.of);
  return {
    ...identity(definition),
    validateResource: (args, report) => {
      rememberInputs(args);
      if (keys !== undefined && !keys.has(keyOf(args.type))) return;
      const resource = Resource.of(args);
      const config = args.getConfig<Config>();
      const once = distinct(report);
      for (const violation of definition.check(resource, config)) {
        submit(definition.name, { on: resource, ...violation }, config, once);
      }
    },
  };
}

/** A policy that judges all resources of a stack together. */
export function stackPolicy(definition: StackDefinition): StackValidationPolicy {
  return {
    ...identity(definition),
    validateStack: (args, report) => {
      const stack = Stack.of(args.resources);
      const config = args.getConfig<Config>();
      const reason = definition.notApplicable?.(stack, config);
      if (reason !== undefined) args.notApplicable(reason);
      const once = distinct(report);
      for (const violation of definition.check(stack, config)) submit(definition.name, violation, config, once);
    },
  };
}

function identity({ name, description, config = {} }: Definition) {
  return { name, description, configSchema: { properties: { ...config, allow: ALLOW } } };
}

/** Two pods of a resource may share a wrong field; its message is reported once. */
function distinct(report: ReportViolation): ReportViolation {
  const reported = new Set<string>();
  return (message, urn) => {
    const key = `${urn ?? ""} ${message}`;
    if (!reported.has(key)) report(message, urn);
    reported.add(key);
  };
}

function submit(policy: string, violation: Violation, config: Config, report: ReportViolation): void {
  const { on, field, problem, fix } = violation;
  const exempt = on === undefined ? undefined : exemption(policy, on, config);
  if (exempt?.holds === true) return;
  const path = typeof field === "string" ? field : field.path;
  const note = exempt === undefined ? "" : ` (its exemption ${exempt.why})`;
  report(`${path}: ${on === undefined ? "" : `${on.title} `}${problem}${note}. Fix: ${fix}.`, on?.urn);
}
