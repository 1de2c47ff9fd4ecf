import { parse, stringify } from "yaml";

/**
 * Renders a template of our own charts with values, as far as these templates go: values, maps of values, and braces. What Helm itself
 * makes of them is proven by `test/cluster/packaging.test.ts`.
 */
export function rendered(template: string, values: unknown): unknown {
  const at = (path: string) =>
    path.split(".").reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], values);
  const filled = template
    .replaceAll(/ *\{\{- toYaml \.Values\.(\S+) \| nindent (\d+) \}\}/g, (_, path: string, indent: string) =>
      stringify(at(path))
        .trimEnd()
        .replaceAll(/^/gm, " ".repeat(Number(indent))),
    )
    .replaceAll(/\{\{ \.Values\.(\S+?)( \| quote)? \}\}/g, (_, path: string) => {
      const value = at(path);
      if (value === undefined) throw new Error(`no value ${path}`);
      // Without `quote` it is a number, whose JSON is the same.
      return JSON.stringify(value);
    });
  const actions = filled.replaceAll('{{ "{{" }}', "").match(/\{\{[^\n]*/g) ?? [];
  if (actions.length > 0) throw new Error(`an action of Helm's is left: ${actions.join("; ")}`);
  return parse(filled.replaceAll('{{ "{{" }}', "{{"), { version: "1.1" }) as unknown;
}
