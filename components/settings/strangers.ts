import { type Mistake, suggestion } from "./errors";

const OURS = "lakehouse";

/** Keys of other namespaces that were meant to be ours: `lakehous:query` would change nothing, and nobody would see it. */
export function* strangers(keys: readonly string[], sections: readonly string[]): Generator<Mistake> {
  for (const key of keys) {
    const namespace = key.split(":")[0] ?? "";
    if (namespace === OURS || !isLikeOurs(namespace)) continue;
    const section = key.slice(namespace.length + 1);
    const meant = sections.find((name) => suggestion(section, [name]) !== "") ?? section;
    yield { path: key, message: `the namespace '${namespace}' is nobody's; did you mean '${OURS}:${meant}'?` };
  }
}

function isLikeOurs(namespace: string): boolean {
  const plain = namespace.toLowerCase();
  return /lake-?house/.test(plain) || suggestion(plain, [OURS]) !== "";
}
