import { type Mistake, suggestion } from "../fields/mistakes";

const NAMESPACE = "lakehouse";

/** Keys whose namespace is a misspelled `lakehouse`: without a message `lakehous:query` would have no effect. */
export function* misspelledNamespaces(keys: readonly string[], sections: readonly string[]): Generator<Mistake> {
  for (const key of keys) {
    const namespace = key.split(":")[0] ?? "";
    if (namespace === NAMESPACE || !isSimilar(namespace)) continue;
    const section = key.slice(namespace.length + 1);
    const meant = sections.find((name) => suggestion(section, [name]) !== "") ?? section;
    yield { path: key, message: `unknown namespace '${namespace}'; did you mean '${NAMESPACE}:${meant}'?` };
  }
}

function isSimilar(namespace: string): boolean {
  const plain = namespace.toLowerCase();
  return /lake-?house/.test(plain) || suggestion(plain, [NAMESPACE]) !== "";
}
