import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from "yaml";

/** A place in a text; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Finds in which line of a YAML text something stands. Only mistakes ask, so nothing is computed before. */
export class Places {
  constructor(
    private readonly document: Document,
    private readonly lines: LineCounter,
  ) {}

  /** @param offset characters from the start of the text */
  at(offset: number): Place {
    const { line, col } = this.lines.linePos(offset);
    return { line, column: col };
  }

  /**
   * The place of the key, or of the item of a list, at the end of a path such as `lakehouse:nodes[1].memory`. What is missing has
   * the place of the nearest section around it.
   * @param inside key of the document's section that the path begins in
   */
  of(path: string, inside?: string): Place | undefined {
    const start = inside === undefined ? path : `${inside}.${path}`;
    const found = this.find(this.document.contents, start);
    const offset = found?.range?.[0];
    return offset === undefined ? undefined : this.at(offset);
  }

  /** The deepest node that a path leads to. Keys may have dots, so the longest key that fits is taken. */
  private find(from: unknown, path: string): Node | undefined {
    const node = isAlias(from) ? from.resolve(this.document) : from;
    if (isSeq(node)) {
      const [whole, bracketed, plain] = /^(?:\[(\d+)\]|(\d+)(?![^.[]))\.?/.exec(path) ?? [];
      const item = node.items[Number(bracketed ?? plain)] as Node | undefined;
      return whole === undefined || item === undefined
        ? undefined
        : (this.find(item, path.slice(whole.length)) ?? item);
    }
    if (!isMap(node)) return undefined;
    const fits = node.items
      .map((pair) => ({ pair, key: keyOf(pair) }))
      .filter(({ key }) => path === key || (path.startsWith(key) && /^[.[]/.test(path.slice(key.length))))
      .sort((one, other) => other.key.length - one.key.length)[0];
    if (fits === undefined) return this.merged(node.items, path);
    const rest = path.slice(fits.key.length).replace(/^\./, "");
    return this.find(fits.pair.value, rest) ?? (fits.pair.key as Node);
  }

  /** Looks in what `<<` takes from elsewhere. */
  private merged(pairs: readonly Pair[], path: string): Node | undefined {
    return pairs
      .filter((pair) => keyOf(pair) === "<<")
      .flatMap(({ value }) => (isSeq(value) ? value.items : [value]))
      .map((source) => this.find(source, path))
      .find((found) => found !== undefined);
  }
}

/** `<<` is a symbol where it merges. */
const keyOf = ({ key }: Pair): string => {
  const value: unknown = isScalar(key) ? key.value : key;
  return typeof value === "symbol" ? (value.description ?? "") : String(value);
};
