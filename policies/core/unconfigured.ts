import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";

import { Field, UNKNOWN_TEXT } from "./field";

/**
 * The engine does not ask a provider whose configuration is not known yet (a generated password at the first preview). It
 * hands the resources of such a provider to stack policies without any property, which looks as if nothing were set.
 * Policies of one resource get the inputs before that, so these are kept for the stack; where they are missing, all is unknown.
 */

type Source = Pick<ResourceValidationArgs | PolicyResource, "urn" | "props" | "provider">;
type Properties = Readonly<Record<string, unknown>>;

/** Inputs by URN: of one run of the engine, for which a pack's process is started. */
const inputs = new Map<string, Properties>();

/** Keeps what was given for a resource whose provider the engine will not ask. */
export function rememberInputs(source: Source): void {
  if (isUnconfigured(source)) inputs.set(source.urn, Field.of(source.props).value as Properties);
}

/** The properties of a resource, or what is known instead of them. */
export function known(source: Source): Field {
  const field = Field.of(source.props);
  if (Object.keys(field.value ?? {}).length > 0 || !isUnconfigured(source)) return field;
  return Field.made(inputs.get(source.urn) ?? UNKNOWN_TEXT, "");
}

function isUnconfigured({ provider }: Source): boolean {
  return provider !== undefined && [...Field.of(provider.props).leaves()].some((field) => field.unknown);
}
