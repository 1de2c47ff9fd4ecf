import { parse } from "yaml";

import type { Settings } from "../../../components/settings";
import { settingsFrom } from "../../../components/settings";
import { shippedWith, type StackName } from "../../support/stacks";

/** Settings of a shipped stack with changes by path. */
export function settingsOf(stack: StackName, changes: Readonly<Record<string, unknown>> = {}): Settings {
  const { config } = parse(shippedWith(stack, changes)) as { readonly config: Readonly<Record<string, unknown>> };
  const entries = Object.entries(config).map(([key, value]) => [key.replace(/^lakehouse:/, ""), value] as const);
  return settingsFrom(Object.fromEntries(entries));
}
