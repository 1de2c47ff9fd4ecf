import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";

import { Field, UNKNOWN_TEXT } from "./field";

/**
 * A provider's configuration may be unknown in a preview (a generated password). The engine does not call such a provider, and
 * passes its resources to stack policies without properties, as if nothing were set. Resource policies get the inputs before
 * that, so the inputs are kept for stack policies. A resource without kept inputs counts as unknown.
 */

type Source = Pick<ResourceValidationArgs | PolicyResource, "urn" | "props" | "provider">;
type Properties = Readonly<Record<string, unknown>>;

/** Inputs by URN. The engine starts a process of the pack for each run, so they belong to one run. */
const inputs = new Map<string, Properties>();

/** Properties that were handled already; all policies get the same objects (see `memoize.ts`). */
const seen = new WeakSet<Properties>();

/** Keeps the inputs of a resource whose provider the engine will not call. The first policy that sees the resource does it. */
export function rememberInputs(source: Source): void {
  const properties = Field.of(source.props).value as Properties;
  if (seen.has(properties)) return;
  seen.add(properties);
  if (isUnconfigured(source)) inputs.set(source.urn, properties);
}

/** The properties of a resource, else its kept inputs, else an unknown value. */
export function known(source: Source): Field {
  const field = Field.of(source.props);
  if (Object.keys(field.value ?? {}).length > 0 || !isUnconfigured(source)) return field;
  return Field.made(inputs.get(source.urn) ?? UNKNOWN_TEXT, "");
}

function isUnconfigured({ provider }: Source): boolean {
  return provider !== undefined && [...Field.of(provider.props).leaves()].some((field) => field.unknown);
}
